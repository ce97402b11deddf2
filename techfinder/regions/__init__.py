"""Landsdelen, regions and networks with their areas; which region decides about a postcode."""

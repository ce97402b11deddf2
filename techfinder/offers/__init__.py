"""What companies publish for schools."""

"""Files in and out, and the demo data."""

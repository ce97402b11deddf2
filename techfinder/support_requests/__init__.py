"""What schools ask."""

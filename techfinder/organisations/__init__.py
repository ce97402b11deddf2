"""Schools and companies, who belongs to them, and whether somebody vouched for that."""

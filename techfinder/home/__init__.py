"""Pages that show several packages: the front page, my overview, a region's page, the administrator's desk."""

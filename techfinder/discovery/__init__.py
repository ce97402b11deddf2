"""Finding: one engine per process, search with facets, suggestions both ways."""

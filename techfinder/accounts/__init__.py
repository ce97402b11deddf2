"""Users, signing in, single-use tokens and staff posts."""

"""Techfinder: where Dutch schools and companies find each other for technology lessons."""

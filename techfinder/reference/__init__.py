"""Vocabularies: kinds, levels, themes, kerndoelen, school holidays, water barriers. Versioned data, pure functions."""

"""Staging of parsed figures before they are published: on disk and in temporary tables."""

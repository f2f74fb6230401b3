"""Staging of parsed records, on disk and in the database."""

"""Validation of parsed records."""

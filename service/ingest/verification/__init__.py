"""Verification of the database against the archived files."""

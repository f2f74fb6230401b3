"""The archive of raw files."""

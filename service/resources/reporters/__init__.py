"""Who reports, since when, and how much."""

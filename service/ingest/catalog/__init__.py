"""Reference data and dataset descriptions."""

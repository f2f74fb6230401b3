"""The embedded PostgreSQL: start, stop, data directory."""

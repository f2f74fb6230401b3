"""Resolution of parameters to datasets, keys and periods."""

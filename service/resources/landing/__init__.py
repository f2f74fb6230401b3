"""The first page: what is loaded, and what can be asked of it."""

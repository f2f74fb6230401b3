"""A series over time with every growth field: the line."""

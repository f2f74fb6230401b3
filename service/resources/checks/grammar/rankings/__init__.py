"""Claims of the rank of a partner, and of records of a series."""

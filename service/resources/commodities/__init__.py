"""A reporter's commodities, ranked."""

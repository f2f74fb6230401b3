"""A reporter's partners, ranked."""

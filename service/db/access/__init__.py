"""Database roles and grants."""

"""Downloads from data providers."""

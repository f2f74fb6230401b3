"""Exports, imports, and the balance of both."""

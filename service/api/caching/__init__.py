"""Conditional requests and the response cache."""

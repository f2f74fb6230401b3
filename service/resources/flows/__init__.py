"""Observations, each with its growth: the table."""

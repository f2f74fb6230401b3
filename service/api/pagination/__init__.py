"""Keyset pagination."""

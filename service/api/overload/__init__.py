"""Admission control and rate limiting."""

"""Definitions of all measures of trade figures, as SQL expressions."""

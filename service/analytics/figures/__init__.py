"""Figures to compute from: observations as of a date, aggregated, converted."""

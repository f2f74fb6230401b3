"""Periods of a sentence: their mentions, and the codes that these stand for."""

"""Frequencies of figures and the lengths of their periods."""

MONTHS = {"M": 1, "Q": 3, "A": 12}
"""Length in months of one period of each frequency."""

YEAR = 12
"""Length of a year in months."""

"""Frequencies of figures and the lengths of their periods."""

MONTHS_PER_PERIOD = {"M": 1, "Q": 3, "H": 6, "A": 12}
"""Length in months of one period of each frequency. Half-years are always sums: no source publishes them."""

MONTHS_PER_YEAR = 12
"""Length of a year in months."""

"""Frequencies of figures and the lengths of their periods."""

MONTHS_PER_PERIOD = {"M": 1, "Q": 3, "H": 6, "A": 12, "F": 12}
"""Length in months of one period of each frequency. Half-years (H) and fiscal years (F) are always sums."""

FISCAL_YEARS = "F"
"""The frequency of fiscal years, whose first month depends on the reporter."""

CALENDAR_FREQUENCIES = tuple(frequency for frequency in MONTHS_PER_PERIOD if frequency != FISCAL_YEARS)
"""Frequencies whose periods are the same for all reporters."""

MONTHS_PER_YEAR = 12
"""Length of a year in months."""

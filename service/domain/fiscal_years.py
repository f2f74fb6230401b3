"""Fiscal years: the month in which the fiscal year of a reporter begins."""

FISCAL_YEAR_OFFSETS = {
    **dict.fromkeys(("CAN", "GBR", "HKG", "IND", "JPN", "SGP", "ZAF"), 3),
    **dict.fromkeys(("AUS", "BGD", "EGY", "KEN", "NZL", "PAK"), 6),
    **dict.fromkeys(("THA", "USA"), 9),
}
"""Months after January in which the fiscal years of central governments begin, by reporter; for all others it is 0."""

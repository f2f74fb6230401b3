"""Fiscal years: the month in which the fiscal year of a reporter begins."""

FISCAL_YEAR_FIRST_MONTHS = {
    **dict.fromkeys(("CAN", "GBR", "HKG", "IND", "JPN", "SGP", "ZAF"), 4),
    **dict.fromkeys(("AUS", "BGD", "EGY", "KEN", "NZL", "PAK"), 7),
    **dict.fromkeys(("THA", "USA"), 10),
}
"""First months of the fiscal years of central governments, by code of the reporter; all others begin in January."""


def fiscal_year_offset(reporter: str) -> int:
    """Return how many months after January the fiscal year of a reporter begins, such as 3 for Japan."""
    return FISCAL_YEAR_FIRST_MONTHS.get(reporter, 1) - 1

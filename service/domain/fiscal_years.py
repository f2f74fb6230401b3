"""Fiscal years: the month in which the fiscal year of a reporter begins.

A fiscal year is the budget year of the central government. It is named after the calendar year in which it begins:
FY2023 of Japan is April 2023 to March 2024, FY2023 of the United States October 2023 to September 2024.
"""

from service.domain.frequencies import FISCAL_YEARS

FISCAL_YEAR_FIRST_MONTHS = {
    "CAN": 4,  # Financial Administration Act, section 2
    "GBR": 4,  # Interpretation Act 1978, schedule 1
    "HKG": 4,  # Public Finance Ordinance, section 2
    "IND": 4,  # General Clauses Act 1897, section 3 (21)
    "JPN": 4,  # Public Finance Act, article 11
    "SGP": 4,  # The World Factbook, field "Fiscal year"
    "ZAF": 4,  # Public Finance Management Act 1999, section 1
    "AUS": 7,  # Acts Interpretation Act 1901, section 2B
    "BGD": 7,  # Constitution, article 152
    "EGY": 7,  # The World Factbook, field "Fiscal year"
    "KEN": 7,  # Constitution, article 260
    "NZL": 7,  # Public Finance Act 1989, section 2
    "PAK": 7,  # Constitution, article 260
    "THA": 10,  # The World Factbook, field "Fiscal year"
    "USA": 10,  # 31 U.S.C. 1102
}
"""First months of the fiscal years of central governments, by code of the reporter, each with its source.

ASSUMPTION: the fiscal year of every other reporter is the calendar year.
"""

FISCAL_REPORTER = "fiscal_reporter"
"""The parameter of a request for several reporters that names the one whose fiscal years are meant."""


def fiscal_year_offset(reporter: str) -> int:
    """Return how many months after January the fiscal year of a reporter begins, such as 3 for Japan."""
    return FISCAL_YEAR_FIRST_MONTHS.get(reporter, 1) - 1


def period_offset(frequency: str, *, reporter: str) -> int:
    """Return how many months after January the years of a frequency begin.

    For fiscal years this depends on the reporter; the years of any other frequency begin in January.
    """
    return fiscal_year_offset(reporter) if frequency == FISCAL_YEARS else 0

"""Month arithmetic in SQL, on months stored as year * 12 + month - 1 (see domain/periods.py)."""

from sqlalchemy import extract, func

from service.analytics.sql.types import SqlExpression
from service.domain.frequencies import MONTHS_PER_YEAR


def calendar_year(month: SqlExpression) -> SqlExpression:
    """Return the year of a month."""
    return month // MONTHS_PER_YEAR


def months_since_january(month: SqlExpression) -> SqlExpression:
    """Return 0 for January to 11 for December."""
    return month % MONTHS_PER_YEAR


def year_number(month: SqlExpression, *, start_offset: int = 0) -> SqlExpression:
    """Return a number that identifies the year of a month; years begin `start_offset` months after January."""
    return (month - start_offset) // MONTHS_PER_YEAR if start_offset else calendar_year(month)


def months_since_year_start(month: SqlExpression, *, start_offset: int = 0) -> SqlExpression:
    """Return 0 for the first month of a year to 11 for its last; years begin `start_offset` months after January."""
    return (month - start_offset) % MONTHS_PER_YEAR if start_offset else months_since_january(month)


def first_month_of_period(month: SqlExpression, *, period_months: int, offset: int = 0) -> SqlExpression:
    """Return the first month of the period of `period_months` months that contains `month`.

    Years begin `offset` months after January.
    """
    return month - months_since_year_start(month, start_offset=offset) % period_months


def first_day_of_month(month: SqlExpression) -> SqlExpression:
    """Return the date of the first day of a month; null for null."""
    return func.make_date(calendar_year(month), months_since_january(month) + 1, 1)


def month_containing(day: SqlExpression) -> SqlExpression:
    """Return the month in which a date lies, as a numeric."""
    return extract("year", day) * MONTHS_PER_YEAR + extract("month", day) - 1


def formatted_month(month: SqlExpression) -> SqlExpression:
    """Return a month as text such as `2024-01`; null for null."""
    return func.to_char(first_day_of_month(month), "YYYY-MM")

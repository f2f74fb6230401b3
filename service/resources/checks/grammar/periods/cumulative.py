"""Sums over several months: the year to date, the fiscal year to date, the last 12 months, and fiscal years."""

from dataclasses import replace

from service.domain.fiscal_years import fiscal_year_offset
from service.domain.frequencies import MONTHS_PER_PERIOD, MONTHS_PER_YEAR
from service.resources.checks.grammar.periods.mentions import PeriodMention

SUFFIXES = {"value": "value", "yoy_pct": "pct"}
"""Ends of the names of the columns with sums, by the measure of a single period."""
YEAR_TO_MONTH_MEASURES = {"yoy_pct": ("yoy_pct",)}
"""Measures of the month itself that `in the year to January` can mean as well."""
MAX_OFFSET_OF_FIRST_YEAR = 6
"""Fiscal years that begin later in the year are named after the year in which they end, as in the United States."""


def named_fiscal_period(mention: PeriodMention | None, *, reporter: str) -> PeriodMention | None:
    """Return the months, quarter or year that a fiscal year, or a part of one, covers in the reporter's calendar.

    Any other period, and a fiscal year without a number, is returned unchanged.
    """
    if mention is None or not mention.is_fiscal or mention.year is None:
        return mention
    offset = fiscal_year_offset(reporter)
    year = mention.year - (offset >= MAX_OFFSET_OF_FIRST_YEAR)
    if mention.quarter is not None:
        return _calendar_quarter(mention, year=year, offset=offset)
    if mention.month is None:
        return replace(mention, year=year, is_fiscal=offset > 0)
    last = offset + mention.month - 1
    return replace(
        mention,
        is_fiscal=False,
        first_month=offset + 1,
        month=last % MONTHS_PER_YEAR + 1,
        year=year + last // MONTHS_PER_YEAR,
    )


def _calendar_quarter(mention: PeriodMention, *, year: int, offset: int) -> PeriodMention:
    """Return the calendar quarter that a quarter of a fiscal year is; a vague mention where it is not one."""
    assert mention.quarter is not None
    quarters, months = divmod(offset, MONTHS_PER_PERIOD["Q"])
    quarter = quarters + mention.quarter - 1
    later_years, quarter = divmod(quarter, MONTHS_PER_YEAR // MONTHS_PER_PERIOD["Q"])
    return replace(mention, is_fiscal=False, quarter=quarter + 1, year=year + later_years, is_vague=months > 0)


def cumulative_measures(measures: tuple[str, ...], mention: PeriodMention, *, reporter: str) -> tuple[str, ...]:
    """Return the columns with cumulative sums that match a range of months, such as `ytd_pct` for January to May.

    `measures` are the measures of a single period, such as `yoy_pct`, and `mention` is the range of months. The result
    is empty where no column has a sum over exactly these months.
    """
    assert mention.first_month is not None
    assert mention.month is not None
    length = (mention.month - mention.first_month) % MONTHS_PER_YEAR + 1
    offset = fiscal_year_offset(reporter)
    prefixes = [
        prefix
        for prefix, applies in (
            ("ytd", mention.first_month == 1),
            ("fytd", offset > 0 and mention.first_month == offset + 1),
            ("r12", length == MONTHS_PER_YEAR),
        )
        if applies
    ]
    sums = tuple(f"{prefix}_{SUFFIXES[each]}" for prefix in prefixes[:1] for each in measures if each in SUFFIXES)
    is_year = prefixes == ["r12"]
    return sums + tuple(each for measure in measures if is_year for each in YEAR_TO_MONTH_MEASURES.get(measure, ()))

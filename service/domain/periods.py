"""Periods: text such as `2024-01`, `2023-Q4`, `2023-H2` or `FY2023`, and months stored as year * 12 + month - 1."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

from service.domain.codes import ALL_KEYWORD
from service.domain.frequencies import FISCAL_YEARS, MONTHS_PER_PERIOD, MONTHS_PER_YEAR
from service.errors import InvalidRequest, ParameterError

_PERIOD = re.compile(
    r"(?P<year>[0-9]{4})(?:-?(?:M?(?P<month>[0-9]{2})|Q(?P<quarter>[0-9])|H(?P<half>[0-9])))?", re.ASCII
)
_FISCAL_YEAR = re.compile(r"FY-?(?P<year>[0-9]{4})", re.ASCII)
PERIOD_FORMAT_MESSAGE = (
    "a period reads 2024-01, 2023-Q4, 2023-H2, 2023, FY2023, latest, or a range such as 2023-01..2024-01"
)
MIN_YEAR, MAX_YEAR = 1900, 2200

Latest = Literal["latest"]


class InvalidPeriodError(ValueError):
    """A text that is not a valid period or range. `suggestion` is a similar valid text; null where there is none."""

    def __init__(self, reason: str, *, suggestion: str | None = None) -> None:
        super().__init__(reason)
        self.suggestion = suggestion


@dataclass(frozen=True)
class Period:
    """A period: its first month as it is stored (year * 12 + month - 1), and its length in months.

    A fiscal year is named after the year in which it begins. Its first month is a January until `begin_fiscal_years`
    replaces it by the month in which the fiscal year of the reporter begins.
    """

    first_month: int
    months: int
    is_fiscal: bool = False

    @property
    def last_month(self) -> int:
        """Return the last month of the period."""
        return self.first_month + self.months - 1

    def __str__(self) -> str:
        """Return the text of the period, such as `2024-01`, `2023-Q4`, `2023-H2`, `2023` or `FY2023`."""
        return period_text(self.first_month, months=self.months, is_fiscal=self.is_fiscal)

    def shift(self, months: int) -> "Period":
        """Return the period of the same length that begins `months` months later."""
        return replace(self, first_month=self.first_month + months)


@dataclass(frozen=True)
class PeriodRange:
    """An inclusive range of periods from `start` to `end`.

    A null `start` or `end` leaves the range open on that side. `latest` stands for the newest published period.
    """

    start: Period | Latest | None
    end: Period | Latest | None

    def __str__(self) -> str:
        """Return the canonical text of the range, such as `2023-01..2024-01`, `2024-03` or `latest`.

        The text of a range that is open on both sides is `all`.
        """
        start, end = str(self.start or ""), str(self.end or "")
        return f"{start}..{end}" if start != end else start or ALL_KEYWORD


def parse_ranges(text: str, *, accepts_fiscal_years: bool = True) -> tuple[PeriodRange, ...]:
    """Return the ranges of a comma-separated list such as `2023-01..2024-01,2024-03`.

    A single period is a range of one period; `all` is a range that is open on both sides.

    :raises InvalidPeriodError: an item is not a period, or a range ends before it begins.
    """
    parse_end = parse_period if accepts_fiscal_years else parse_calendar_period
    return tuple(_parse_range(part, parse_end) for part in text.split(","))


def parse_period(text: str) -> Period:
    """Return the period of a text such as `2024-01`, `202401`, `2024M01`, `2023-Q4`, `2023-H2`, `2023` or `FY2023`.

    :raises InvalidPeriodError: the text is not a period.
    """
    if fiscal_year := _FISCAL_YEAR.fullmatch(text.upper()):
        return replace(parse_period(fiscal_year["year"]), is_fiscal=True)
    match = _PERIOD.fullmatch(text.upper())
    if not match:
        raise InvalidPeriodError(PERIOD_FORMAT_MESSAGE)
    year_text, month, quarter, half = match.group("year", "month", "quarter", "half")
    year = int(year_text)
    if not MIN_YEAR <= year <= MAX_YEAR:
        raise InvalidPeriodError(f"years are {MIN_YEAR} to {MAX_YEAR}")
    if month is not None:
        position = _check_number(month, 12, f"{year}-{{:02}}", "months are 01 to 12")
        return Period(calendar_month_number(year, position), 1)
    if quarter is not None:
        return _numbered_period(year, _check_number(quarter, 4, f"{year}-Q{{}}", "quarters are Q1 to Q4"), months=3)
    if half is not None:
        return _numbered_period(year, _check_number(half, 2, f"{year}-H{{}}", "half-years are H1 and H2"), months=6)
    return Period(calendar_month_number(year), MONTHS_PER_YEAR)


def parse_calendar_period(text: str) -> Period:
    """Return the period of a text that is no fiscal year.

    :raises InvalidPeriodError: the text is not a period, or it is a fiscal year.
    """
    period = parse_period(text)
    if period.is_fiscal:
        calendar_year = text.upper().removeprefix("FY")
        raise InvalidPeriodError(
            "fiscal years are not accepted here; a period is a month, a quarter, a half-year or a calendar year",
            suggestion=calendar_year,
        )
    return period


def _numbered_period(year: int, position: int, *, months: int) -> Period:
    """Return the period of `months` months by its position in the year."""
    return Period(period_first_month(year, position, period_months=months), months)


@lru_cache(maxsize=10_000)
def period_text(first_month: int, *, months: int, is_fiscal: bool = False) -> str:
    """Return the text of a period, such as `2024-01`, `2023-Q4`, `2023-H2`, `2023` or `FY2023`."""
    year, month_index = divmod(first_month, MONTHS_PER_YEAR)
    if is_fiscal:
        return f"FY{year:04}"
    if months == MONTHS_PER_PERIOD["A"]:
        return f"{year:04}"
    if months == MONTHS_PER_PERIOD["M"]:
        return f"{year:04}-{month_index + 1:02}"
    letter = "Q" if months == MONTHS_PER_PERIOD["Q"] else "H"
    return f"{year:04}-{letter}{month_index // months + 1}"


def ranges_text(ranges: Sequence[PeriodRange]) -> str:
    """Return the canonical text of ranges, sorted and without duplicates, such as `2023-01..2024-01,2024-03`.

    The text of a range that is open on both sides is `all`.
    """
    return ",".join(sorted(set(map(str, ranges))))


def month_number(day: date) -> int:
    """Return the month of a day as it is stored: year * 12 + month - 1."""
    return calendar_month_number(day.year, day.month)


def calendar_month_number(year: int, month: int = 1) -> int:
    """Return a month as it is stored: year * 12 + month - 1. `month` is 1 to 12."""
    return year * MONTHS_PER_YEAR + month - 1


def period_first_month(year: int, position: int, *, period_months: int) -> int:
    """Return the first month, as it is stored, of the period at a position in a year, such as 4 for the last quarter.

    `period_months` is the length of the period in months.
    """
    return calendar_month_number(year, (position - 1) * period_months + 1)


def period_start(month: int, *, period_months: int, offset: int = 0) -> int:
    """Return the first month of the period that contains `month`, such as the first month of its quarter.

    `period_months` is the length of the period in months. Months are numbers as they are stored. Years begin `offset`
    months after January.
    """
    return month - (month - offset) % period_months


def begin_fiscal_years(ranges: Sequence[PeriodRange], *, offset: int) -> tuple[PeriodRange, ...]:
    """Return the ranges with every fiscal year changed to begin `offset` months after January."""
    return tuple(PeriodRange(*(_begin_fiscal_year(edge, offset) for edge in (each.start, each.end))) for each in ranges)


def _begin_fiscal_year(edge: Period | Latest | None, offset: int) -> Period | Latest | None:
    if not isinstance(edge, Period) or not edge.is_fiscal:
        return edge
    return replace(edge, first_month=period_start(edge.first_month, period_months=MONTHS_PER_YEAR) + offset)


def first_day(first_month: int) -> date:
    """Return the first day of a month, which is given as it is stored: year * 12 + month - 1."""
    year, month_index = divmod(first_month, MONTHS_PER_YEAR)
    return date(year, month_index + 1, 1)


def _check_number(text: str, max_number: int, template: str, reason: str) -> int:
    number = int(text)
    if not 1 <= number <= max_number:
        raise InvalidPeriodError(reason, suggestion=template.format(min(max(number, 1), max_number)))
    return number


def _parse_range(text: str, parse_end: Callable[[str], Period]) -> PeriodRange:
    text = text.strip()
    if text.lower() == ALL_KEYWORD:
        return PeriodRange(None, None)
    start, dots, end = text.partition("..")
    if not dots:
        period = _parse_end(start, parse_end)
        return PeriodRange(period, period)
    period_range = PeriodRange(*(_parse_end(each, parse_end) if each else None for each in (start, end)))
    if (
        isinstance(period_range.start, Period)
        and isinstance(period_range.end, Period)
        and period_range.start.first_month > period_range.end.last_month
    ):
        raise InvalidPeriodError("a range begins with its earlier end", suggestion=f"{end}..{start}")
    return period_range


def _parse_end(text: str, parse_end: Callable[[str], Period]) -> Period | Latest:
    return "latest" if text.lower() == "latest" else parse_end(text)


def resolve_ranges(
    ranges: Sequence[PeriodRange],
    published_range: tuple[int, int],
    *,
    period_months: int,
    fiscal_offset: int | None = None,
) -> tuple[tuple[int, int], ...]:
    """Return the first and the last month of each range, both inclusive and as they are stored.

    `published_range` has the first month of the oldest published period and the first month of the newest one. They
    replace open ends of ranges, and the newest one also replaces `latest`. `period_months` is the length in months of
    one period of the requested frequency. `fiscal_offset` is the number of months after January in which fiscal years
    begin; null if the requested frequency is not fiscal years.

    :raises InvalidRequest: a range begins or ends with a period shorter than those of the requested frequency.
    """
    bounds, (first_month, last_month) = [], published_range
    for requested_range in ranges:
        start = last_month if requested_range.start == "latest" else requested_range.start or first_month
        end = last_month if requested_range.end == "latest" else requested_range.end or last_month
        for edge in (start, end):
            if isinstance(edge, Period) and edge.months < period_months:
                raise _short_period(edge, period_months, fiscal_offset)
        first = start.first_month if isinstance(start, Period) else start
        bounds.append((first, end.last_month if isinstance(end, Period) else end))
    return tuple(bounds)


def _short_period(period: Period, period_months: int, fiscal_offset: int | None) -> InvalidRequest:
    frequencies = (letter for letter, months in MONTHS_PER_PERIOD.items() if months == period_months)
    frequency = next(frequencies) if fiscal_offset is None else FISCAL_YEARS
    reason = f"it is shorter than a period of frequency {frequency}"
    start = period_start(period.first_month, period_months=period_months, offset=fiscal_offset or 0)
    covering = Period(start, period_months, is_fiscal=fiscal_offset is not None)
    return InvalidRequest(ParameterError("period", str(period), reason, [str(covering)]))

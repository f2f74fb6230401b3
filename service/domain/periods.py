"""Periods as text: `2024-01`, `2023-Q4`, `2023`; inside, the number of the first month, year * 12 + month - 1."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from service.domain.frequencies import MONTHS_PER_PERIOD, MONTHS_PER_YEAR
from service.errors import InvalidRequest, ParameterError

_PERIOD = re.compile(r"(?P<year>[0-9]{4})(?:-(?:(?P<month>[0-9]{2})|Q(?P<quarter>[0-9])))?", re.ASCII)
PERIOD_FORMAT_MESSAGE = "a period reads 2024-01, 2023-Q4, 2023, latest, or a range such as 2023-01..2024-01"
MIN_YEAR, MAX_YEAR = 1900, 2200

Latest = Literal["latest"]


class InvalidPeriodError(ValueError):
    """The text is not a period; `suggestion` is one that it may have meant, or null."""

    def __init__(self, reason: str, *, suggestion: str | None = None) -> None:
        super().__init__(reason)
        self.suggestion = suggestion


@dataclass(frozen=True)
class Period:
    """A calendar period: its first month and its length in months."""

    first_month: int
    months: int

    @property
    def last_month(self) -> int:
        """Return its last month."""
        return self.first_month + self.months - 1


@dataclass(frozen=True)
class PeriodRange:
    """An inclusive range; null is open to that side, `latest` the newest period that was published."""

    start: Period | Latest | None
    end: Period | Latest | None


def parse_ranges(text: str) -> tuple[PeriodRange, ...]:
    """Return the ranges in a comma separated list; `all` is the range open to both sides.

    :raises NotAPeriodError: a part is none, or a range ends before it begins.
    """
    return tuple(_parse_range(part.strip()) for part in text.split(","))


def parse_period(text: str) -> Period:
    """Return the period that `text` names.

    :raises NotAPeriodError: it names none.
    """
    match = _PERIOD.fullmatch(text.upper())
    if not match:
        raise InvalidPeriodError(PERIOD_FORMAT_MESSAGE)
    year, month, quarter = (None if part is None else int(part) for part in match.group("year", "month", "quarter"))
    assert year is not None
    if not MIN_YEAR <= year <= MAX_YEAR:
        raise InvalidPeriodError(f"years are {MIN_YEAR} to {MAX_YEAR}")
    if month is not None:
        return Period(
            year * MONTHS_PER_YEAR + _check_number(month, 12, f"{year}-{{:02}}", "months are 01 to 12") - 1, 1
        )
    if quarter is not None:
        return Period(
            year * MONTHS_PER_YEAR + 3 * _check_number(quarter, 4, f"{year}-Q{{}}", "quarters are Q1 to Q4") - 3, 3
        )
    return Period(year * MONTHS_PER_YEAR, MONTHS_PER_YEAR)


def period_text(first_month: int, *, months: int) -> str:
    """Return `2024-01`, `2023-Q4` or `2023` for the period that begins with `first_month`."""
    year, month = divmod(first_month, MONTHS_PER_YEAR)
    if months == MONTHS_PER_PERIOD["A"]:
        return f"{year:04}"
    return f"{year:04}-Q{month // 3 + 1}" if months == MONTHS_PER_PERIOD["Q"] else f"{year:04}-{month + 1:02}"


def month_number(day: date) -> int:
    """Return the month of a day as year * 12 + month - 1."""
    return day.year * MONTHS_PER_YEAR + day.month - 1


def first_day(first_month: int) -> date:
    """Return the first day of the period that begins with `first_month`."""
    return date(first_month // MONTHS_PER_YEAR, first_month % MONTHS_PER_YEAR + 1, 1)


def _check_number(number: int, max_number: int, template: str, reason: str) -> int:
    if not 1 <= number <= max_number:
        raise InvalidPeriodError(reason, suggestion=template.format(min(max(number, 1), max_number)))
    return number


def _parse_range(text: str) -> PeriodRange:
    if text.lower() == "all":
        return PeriodRange(None, None)
    start, dots, end = text.partition("..")
    if not dots:
        both = _parse_end(start)
        return PeriodRange(both, both)
    found = PeriodRange(_parse_end(start) if start else None, _parse_end(end) if end else None)
    if (
        isinstance(found.start, Period)
        and isinstance(found.end, Period)
        and found.start.first_month > found.end.last_month
    ):
        raise InvalidPeriodError("a range begins with its earlier end", suggestion=f"{end}..{start}")
    return found


def _parse_end(text: str) -> Period | Latest:
    return "latest" if text.lower() == "latest" else parse_period(text)


def resolve_ranges(
    ranges: Sequence[PeriodRange], published_range: tuple[int, int], *, period_months: int
) -> tuple[tuple[int, int], ...]:
    """Return the first months of the ranges' ends, open ones and `latest` being those of what was `published`.

    `step` is the length in months of the periods that are asked for.

    :raises InvalidRequest: an end is shorter than a period.
    """
    return tuple(_range_bounds(asked, published_range, period_months) for asked in ranges)


def _range_bounds(
    requested_range: PeriodRange, published_range: tuple[int, int], period_months: int
) -> tuple[int, int]:
    ends = []
    for end, open_end, edge in (
        (requested_range.start, published_range[0], _first_month),
        (requested_range.end, published_range[1], _last_month),
    ):
        if end is None:
            ends.append(open_end)
        elif end == "latest":
            ends.append(published_range[1])
        else:
            ends.append(edge(_check_length(end, period_months)))
    return ends[0], ends[1]


def _check_length(period: Period, period_months: int) -> Period:
    if period.months >= period_months:
        return period
    frequency = next(letter for letter, months in MONTHS_PER_PERIOD.items() if months == period_months)
    reason = f"it is shorter than a period of frequency {frequency}"
    covering = period_text(period.first_month - period.first_month % period_months, months=period_months)
    raise InvalidRequest(
        ParameterError("period", period_text(period.first_month, months=period.months), reason, [covering])
    )


def _first_month(period: Period) -> int:
    return period.first_month


def _last_month(period: Period) -> int:
    return period.last_month

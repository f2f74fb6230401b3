"""Periods as text: `2024-01`, `2023-Q4`, `2023`; inside, the number of the first month, year * 12 + month - 1."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from service.domain.frequencies import MONTHS, YEAR
from service.errors import Fault, InvalidRequest

_PERIOD = re.compile(r"(?P<year>[0-9]{4})(?:-(?:(?P<month>[0-9]{2})|Q(?P<quarter>[0-9])))?", re.ASCII)
FORM = "a period reads 2024-01, 2023-Q4, 2023, latest, or a range such as 2023-01..2024-01"
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200

Latest = Literal["latest"]


class NotAPeriodError(ValueError):
    """The text is not a period; `suggestion` is one that it may have meant, or null."""

    def __init__(self, reason: str, *, suggestion: str | None = None) -> None:
        super().__init__(reason)
        self.suggestion = suggestion


@dataclass(frozen=True)
class Period:
    """A calendar period: its first month and its length in months."""

    first: int
    months: int

    @property
    def last(self) -> int:
        """Return its last month."""
        return self.first + self.months - 1


@dataclass(frozen=True)
class PeriodRange:
    """An inclusive range; null is open to that side, `latest` the newest period that was published."""

    start: Period | Latest | None
    end: Period | Latest | None


def parse_ranges(text: str) -> tuple[PeriodRange, ...]:
    """Return the ranges in a comma separated list; `all` is the range open to both sides.

    :raises NotAPeriodError: a part is none, or a range ends before it begins.
    """
    return tuple(_range(part.strip()) for part in text.split(","))


def parse_period(text: str) -> Period:
    """Return the period that `text` names.

    :raises NotAPeriodError: it names none.
    """
    match = _PERIOD.fullmatch(text.upper())
    if not match:
        raise NotAPeriodError(FORM)
    year, month, quarter = (None if part is None else int(part) for part in match.group("year", "month", "quarter"))
    assert year is not None
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise NotAPeriodError(f"years are {EARLIEST_YEAR} to {LATEST_YEAR}")
    if month is not None:
        return Period(year * YEAR + _within(month, 12, f"{year}-{{:02}}", "months are 01 to 12") - 1, 1)
    if quarter is not None:
        return Period(year * YEAR + 3 * _within(quarter, 4, f"{year}-Q{{}}", "quarters are Q1 to Q4") - 3, 3)
    return Period(year * YEAR, YEAR)


def period_text(first_month: int, *, months: int) -> str:
    """Return `2024-01`, `2023-Q4` or `2023` for the period that begins with `first_month`."""
    year, month = divmod(first_month, YEAR)
    if months == MONTHS["A"]:
        return f"{year:04}"
    return f"{year:04}-Q{month // 3 + 1}" if months == MONTHS["Q"] else f"{year:04}-{month + 1:02}"


def month_number(day: date) -> int:
    """Return the month of a day as year * 12 + month - 1."""
    return day.year * YEAR + day.month - 1


def first_day(first_month: int) -> date:
    """Return the first day of the period that begins with `first_month`."""
    return date(first_month // YEAR, first_month % YEAR + 1, 1)


def _within(number: int, highest: int, form: str, reason: str) -> int:
    if not 1 <= number <= highest:
        raise NotAPeriodError(reason, suggestion=form.format(min(max(number, 1), highest)))
    return number


def _range(text: str) -> PeriodRange:
    if text.lower() == "all":
        return PeriodRange(None, None)
    start, dots, end = text.partition("..")
    if not dots:
        both = _end(start)
        return PeriodRange(both, both)
    found = PeriodRange(_end(start) if start else None, _end(end) if end else None)
    if isinstance(found.start, Period) and isinstance(found.end, Period) and found.start.first > found.end.last:
        raise NotAPeriodError("a range begins with its earlier end", suggestion=f"{end}..{start}")
    return found


def _end(text: str) -> Period | Latest:
    return "latest" if text.lower() == "latest" else parse_period(text)


def ranges_within(
    ranges: Sequence[PeriodRange], published: tuple[int, int], *, step: int
) -> tuple[tuple[int, int], ...]:
    """Return the first months of the ranges' ends, open ones and `latest` being those of what was `published`.

    `step` is the length in months of the periods that are asked for.

    :raises InvalidRequest: an end is shorter than a period.
    """
    return tuple(_bounds(asked, published, step) for asked in ranges)


def _bounds(asked: PeriodRange, published: tuple[int, int], step: int) -> tuple[int, int]:
    ends = []
    for end, open_end, edge in ((asked.start, published[0], _first), (asked.end, published[1], _last)):
        if end is None:
            ends.append(open_end)
        elif end == "latest":
            ends.append(published[1])
        else:
            ends.append(edge(_fitting(end, step)))
    return ends[0], ends[1]


def _fitting(period: Period, step: int) -> Period:
    if period.months >= step:
        return period
    frequency = next(letter for letter, months in MONTHS.items() if months == step)
    reason = f"it is shorter than a period of frequency {frequency}"
    covering = period_text(period.first - period.first % step, months=step)
    raise InvalidRequest(Fault("period", period_text(period.first, months=period.months), reason, [covering]))


def _first(period: Period) -> int:
    return period.first


def _last(period: Period) -> int:
    return period.last

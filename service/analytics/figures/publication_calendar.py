"""Which periods of a dataset were published, and when: what tells a zero from a gap."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from service.domain.periods import period_start


@dataclass(frozen=True, eq=False)
class PublicationCalendar:
    """What the releases of one dataset speak of.

    `spoken` has, for each release, flow and period that it speaks of: flow, first month, the day on which that was
    published, and the one from which on it was withdrawn, null while it is not.
    """

    coverage: Collection[tuple[int, int, date, date | None]] = ()

    def published_months(
        self, as_of: date | None, *, period_months: int, source_period_months: int
    ) -> "PublishedMonths":
        """Return how many months of each period of `step` months were published by a day; today where that is null."""
        return _count_published_months(self, as_of, period_months, source_period_months)

    def span(self, flows: Collection[int], as_of: date | None) -> tuple[int, int] | None:
        """Return the first months of the first and the last period of any of the flows; null where there is none."""
        return _published_span(self, frozenset(flows), as_of)


@dataclass(frozen=True, eq=False)
class PublishedMonths:
    """How many months of each period were published, in a row for each flow, with a number for each month.

    The first row is of the flow after `before_first_flow`, its first number of the month after `before_first_month`. A
    number stands in the first month of a period; it is 0 in the others, and where nothing was published.
    """

    flow_offset: int
    month_offset: int
    counts: tuple[tuple[int, ...], ...]

    def month_count(self, flow: int, period: int) -> int:
        """Return how many months of a flow's period were published, 0 for none."""
        row, column = flow - self.flow_offset - 1, period - self.month_offset - 1
        return self.counts[row][column] if 0 <= row < len(self.counts) and 0 <= column < len(self.counts[0]) else 0

    @cached_property
    def array_literal(self) -> str:
        """Return the rows as PostgreSQL writes an array."""
        return f"{{{','.join('{' + ','.join(map(str, row)) + '}' for row in self.counts)}}}"

    @property
    def span(self) -> tuple[int, int] | None:
        """Return the first months of the first and the last period of any flow; null where there is none."""
        first = self.month_offset + 1
        return (first, first + len(self.counts[0]) - 1) if self.counts else None


@lru_cache(maxsize=256)
def _published_periods(calendar: PublicationCalendar, as_of: date | None) -> frozenset[tuple[int, int]]:
    """Return the flows and periods that were known by a day."""
    return frozenset(
        (flow, period)
        for flow, period, since, until in calendar.coverage
        if (until is None if as_of is None else since <= as_of and (until is None or until > as_of))
    )


@lru_cache(maxsize=256)
def _published_span(
    calendar: PublicationCalendar, flows: Collection[int], as_of: date | None
) -> tuple[int, int] | None:
    periods = {period for flow, period in _published_periods(calendar, as_of) if flow in flows}
    return (min(periods), max(periods)) if periods else None


@lru_cache(maxsize=256)
def _count_published_months(
    calendar: PublicationCalendar, as_of: date | None, period_months: int, source_period_months: int
) -> PublishedMonths:
    counted: dict[tuple[int, int], int] = defaultdict(int)
    for flow, period in _published_periods(calendar, as_of):
        counted[flow, period_start(period, period_months=period_months)] += source_period_months
    if not counted:
        return PublishedMonths(0, 0, ())
    flows, periods = ([key[place] for key in counted] for place in (0, 1))
    rows = (
        tuple(counted.get((flow, month), 0) for month in range(min(periods), max(periods) + 1))
        for flow in range(min(flows), max(flows) + 1)
    )
    return PublishedMonths(min(flows) - 1, min(periods) - 1, tuple(rows))

"""Published periods of a dataset: they distinguish a period without trade from one that was not published."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from service.domain.periods import period_start


@dataclass(frozen=True, eq=False)
class PublicationCalendar:
    """The flows and periods that the releases of one dataset cover.

    `coverage` has a row for each release, flow and period: flow, first month of the period, day of publication, and day
    of withdrawal (exclusive; null unless the release was withdrawn).
    """

    coverage: Collection[tuple[int, int, date, date | None]] = ()

    def published_months(
        self, as_of: date | None, *, period_months: int, source_period_months: int, offset: int = 0
    ) -> "PublishedMonthCounts":
        """Return the number of published months of each period, as known on the day `as_of`; null means today.

        `period_months` is the length of a period, `source_period_months` that of a stored one. Years begin `offset`
        months after January.
        """
        return _count_published_months(self, as_of, period_months, source_period_months, offset)

    @cached_property
    def republished_periods(self) -> frozenset[tuple[int, int]]:
        """Return flow and first month of each period that more than one release covers."""
        return self.republished_periods_as_of(None)

    def republished_periods_as_of(self, as_of: date | None) -> frozenset[tuple[int, int]]:
        """Return flow and first month of each period that more than one release covers.

        Only releases up to the day `as_of` count; null means all.
        """
        counts = Counter((flow, period) for flow, period, day, _ in self.coverage if as_of is None or day <= as_of)
        return frozenset(key for key, count in counts.items() if count > 1)

    def published_periods(self, as_of: date | None) -> frozenset[tuple[int, int]]:
        """Return flow and first month of each published period of the dataset, as of a day; null means today."""
        return _published_periods(self, as_of)

    def span(self, flows: Collection[int], as_of: date | None) -> tuple[int, int] | None:
        """Return the first months of the first and the last period of `flows` that were published as of a day.

        Null if there is none. `as_of` null means today.
        """
        return _published_span(self, frozenset(flows), as_of)


@dataclass(frozen=True, eq=False)
class PublishedMonthCounts:
    """A matrix of the numbers of published months, with a row for each flow and a column for each month.

    The first row belongs to flow `first_flow`, the first column to month `first_month`. The number of a period is in
    the column of its first month. The columns of its other months have 0, as has a period of which nothing was
    published. `counts` is empty where nothing was published.
    """

    first_flow: int
    first_month: int
    counts: tuple[tuple[int, ...], ...]

    def month_count(self, flow: int, period: int) -> int:
        """Return the number of published months of a flow in one period; 0 for none."""
        return self.month_counts(flow, range(period, period + 1))[0]

    def month_counts(self, flow: int, periods: range) -> list[int]:
        """Return the number of published months of a flow in each of some periods, given by first month; 0 for none."""
        row, first_month = flow - self.first_flow, self.first_month
        counts = self.counts[row] if 0 <= row < len(self.counts) else ()
        last_month = first_month + len(counts) - 1
        return [counts[period - first_month] if first_month <= period <= last_month else 0 for period in periods]

    @cached_property
    def array_literal(self) -> str:
        """Return `counts` as the text of a PostgreSQL array, whose subscripts are the flow and the month."""
        if not self.counts:
            return "{}"
        last_flow, last_month = self.first_flow + len(self.counts) - 1, self.first_month + len(self.counts[0]) - 1
        rows = ",".join("{" + ",".join(map(str, row)) + "}" for row in self.counts)
        return f"[{self.first_flow}:{last_flow}][{self.first_month}:{last_month}]={{{rows}}}"

    def select(self, flows: range, months: range) -> "PublishedMonthCounts":
        """Return the matrix of these flows and months."""
        return PublishedMonthCounts(
            flows.start, months.start, tuple(tuple(self.month_counts(flow, months)) for flow in flows)
        )

    @property
    def span(self) -> tuple[int, int] | None:
        """Return the first months of the first and the last period of any flow; null where nothing was published."""
        return (self.first_month, self.first_month + len(self.counts[0]) - 1) if self.counts else None


@lru_cache(maxsize=256)
def _published_periods(calendar: PublicationCalendar, as_of: date | None) -> frozenset[tuple[int, int]]:
    """Return the flows and periods that were published by a day, or today where that is null."""
    return frozenset(
        (flow, period)
        for flow, period, published_on, withdrawn_on in calendar.coverage
        if _is_published(published_on, withdrawn_on, as_of)
    )


def _is_published(published_on: date, withdrawn_on: date | None, as_of: date | None) -> bool:
    if as_of is None:
        return withdrawn_on is None
    return published_on <= as_of and (withdrawn_on is None or withdrawn_on > as_of)


@lru_cache(maxsize=256)
def _published_span(
    calendar: PublicationCalendar, flows: Collection[int], as_of: date | None
) -> tuple[int, int] | None:
    periods = {period for flow, period in _published_periods(calendar, as_of) if flow in flows}
    return (min(periods), max(periods)) if periods else None


@lru_cache(maxsize=256)
def _count_published_months(
    calendar: PublicationCalendar, as_of: date | None, period_months: int, source_period_months: int, offset: int
) -> PublishedMonthCounts:
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for flow, period in _published_periods(calendar, as_of):
        counts[flow, period_start(period, period_months=period_months, offset=offset)] += source_period_months
    if not counts:
        return PublishedMonthCounts(1, 1, ())
    flows, periods = zip(*counts, strict=True)
    rows = (
        tuple(counts.get((flow, month), 0) for month in range(min(periods), max(periods) + 1))
        for flow in range(min(flows), max(flows) + 1)
    )
    return PublishedMonthCounts(min(flows), min(periods), tuple(rows))

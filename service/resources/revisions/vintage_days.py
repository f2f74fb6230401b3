"""The days of a revision table, as a table of SQL VALUES. A LATERAL join reads the figures as of each day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, SmallInteger, Values, column, literal_column, values
from sqlalchemy.dialects.postgresql import ARRAY

from service.analytics.figures.publication_calendar import PublishedMonthCounts
from service.analytics.scope import QueryScope
from service.domain.frequencies import MONTHS_PER_YEAR

_MONTH_COUNTS = ARRAY(SmallInteger, dimensions=2)


@dataclass(frozen=True)
class VintageScope(QueryScope):
    """A query scope with which one statement reads the figures as known on each of several days.

    The table `change_day` has a row for each day. `as_of` and the published months are SQL references to its columns
    `day` and `published_months`, to which a LATERAL subquery may refer at any depth. `offsets` are the first two
    arguments of `PublishedMonthCounts`: the positions before the first flow and the first month.
    """

    offsets: tuple[int, int] = (0, 0)

    @property
    def published_months(self) -> PublishedMonthCounts:
        """Return the numbers of months published by the day, as a reference to the row of `change_day`."""
        counts: Any = literal_column("change_day.published_months", _MONTH_COUNTS)
        return PublishedMonthCounts(*self.offsets, counts)


def vintage_scope(scope: QueryScope, *, days: Sequence[date]) -> tuple[VintageScope, Values]:
    """Return a scope for queries of the figures as known on each of `days`, and the table `change_day` for them.

    The table has a row for each day. Its columns are `day` and `published_months`, the numbers of months that were
    published by that day.
    """
    starts, ends = zip(*scope.period_ranges, strict=True)
    flows = range(min(scope.flows), max(scope.flows) + 1)
    published_span = _published_span(scope, days)
    months = range(
        max(min(starts) - 2 * MONTHS_PER_YEAR, published_span[0]), min(max(ends), published_span[1]) + 1
    ) or range(1)
    rows = []
    for day in days:
        published = _published_months(scope, day)
        rows.append((day, [published.month_counts(flow, months) for flow in flows]))
    table = values(column("day", Date), column("published_months", _MONTH_COUNTS), name="change_day").data(rows)
    day_column = literal_column("change_day.day", Date)
    fields = vars(scope) | {"as_of": day_column, "offsets": (flows.start - 1, months.start - 1)}
    return VintageScope(**fields), table


def _published_months(scope: QueryScope, day: date) -> PublishedMonthCounts:
    return scope.publication_calendar.published_months(
        day,
        period_months=scope.period_months,
        source_period_months=scope.source_period_months,
        offset=scope.period_offset,
    )


def _published_span(scope: QueryScope, days: Sequence[date]) -> tuple[int, int]:
    """Return the first months of the first and the last period published on any of the days; an empty range without."""
    spans = [span for day in days if (span := _published_months(scope, day).span) is not None]
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else (0, -1)

"""SQL conditions on rows of stitched editions: commodities that cannot be compared because the edition changed."""

from collections.abc import Iterable

from sqlalchemy import FromClause, and_, false, literal, or_

from service.analytics.figures.editions import KeysInPeriods, PeriodRange
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key
from service.analytics.sql.types import SqlExpression


def is_series_break(row: FromClause, scope: QueryScope, *, months_back: int) -> SqlExpression:
    """Return the SQL condition that the commodity of a row cannot be compared with the commodity of an earlier period.

    The earlier period is `months_back` months before the row. With 0 the condition is that the period of the row itself
    has several editions whose commodities cannot be added up. `row` has flow, commodity_id and period.
    """
    return _matches(row, () if scope.editions is None else scope.editions.breaks(months_back))


def is_changed_commodity(row: FromClause, scope: QueryScope) -> SqlExpression:
    """Return the SQL condition that the commodity of a row differs from that of the previous published period.

    It differs where the two periods are of editions that define the commodity differently.
    """
    return _matches(row, () if scope.editions is None else scope.editions.changes())


def is_unknown_commodity(row: FromClause, scope: QueryScope) -> SqlExpression:
    """Return the SQL condition that the edition for the period of a row does not have the commodity of the row."""
    return _matches(row, () if scope.editions is None else scope.editions.unknown_keys())


def has_different_commodities(row: FromClause, scope: QueryScope, *, flow: int, other_flow: int) -> SqlExpression:
    """Return the SQL condition that the editions of two flows define the commodity of a row differently.

    `row`, with commodity_id and period, has the figures of both flows. `flow` and `other_flow` are the numbers of the
    flows.
    """
    entries = () if scope.editions is None else scope.editions.differences(flow, other_flow)
    period_conditions = (is_in_ranges(literal(flow), row.c.period, entry.ranges) for entry in entries)
    has_keys = (matches_any_key(row.c.commodity_id, entry.keys) for entry in entries)
    return or_(false(), *map(and_, period_conditions, has_keys))


def is_in_ranges(flow: SqlExpression, period: SqlExpression, ranges: Iterable[PeriodRange]) -> SqlExpression:
    """Return the SQL condition that a flow and a period are in any of the ranges, whose ends are inclusive."""
    return or_(false(), *(and_(flow == number, period.between(first, last)) for number, first, last in ranges))


def _matches(row: FromClause, entries: Iterable[KeysInPeriods]) -> SqlExpression:
    return or_(
        false(),
        *(
            and_(is_in_ranges(row.c.flow, row.c.period, entry.ranges), matches_any_key(row.c.commodity_id, entry.keys))
            for entry in entries
        ),
    )

"""Conditions on rows of stitched editions: commodities that cannot be compared over a change of the edition."""

from collections.abc import Iterable

from sqlalchemy import FromClause, and_, false, literal, or_

from service.analytics.figures.editions import KeysInPeriods, PeriodRange
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key
from service.analytics.sql.types import SqlExpression


def is_series_break(row: FromClause, scope: QueryScope, *, months_back: int) -> SqlExpression:
    """Return whether the commodity of a row cannot be compared with that of the period `months_back` months before.

    With 0 months: whether the period itself has several editions whose commodities cannot be added up. `row` has flow,
    commodity_id and period.
    """
    return _matches(row, () if scope.editions is None else scope.editions.breaks(months_back))


def is_changed_commodity(row: FromClause, scope: QueryScope) -> SqlExpression:
    """Return whether the commodity of a row is not the same as in the published period before."""
    return _matches(row, () if scope.editions is None else scope.editions.changes())


def is_unknown_commodity(row: FromClause, scope: QueryScope) -> SqlExpression:
    """Return whether the edition of a row's period does not have the commodity."""
    return _matches(row, () if scope.editions is None else scope.editions.unknown_keys())


def has_different_commodities(row: FromClause, scope: QueryScope, *, flow: int, other_flow: int) -> SqlExpression:
    """Return whether the commodity of a row with two flows is not the same in both; `row` has commodity_id, period."""
    entries = () if scope.editions is None else scope.editions.differences(flow, other_flow)
    period_conditions = (is_in_ranges(literal(flow), row.c.period, entry.ranges) for entry in entries)
    has_keys = (matches_any_key(row.c.commodity_id, entry.keys) for entry in entries)
    return or_(false(), *map(and_, period_conditions, has_keys))


def is_in_ranges(flow: SqlExpression, period: SqlExpression, ranges: Iterable[PeriodRange]) -> SqlExpression:
    """Return whether a flow and a period are in any of the ranges."""
    return or_(false(), *(and_(flow == number, period.between(first, last)) for number, first, last in ranges))


def _matches(row: FromClause, entries: Iterable[KeysInPeriods]) -> SqlExpression:
    return or_(
        false(),
        *(
            and_(is_in_ranges(row.c.flow, row.c.period, entry.ranges), matches_any_key(row.c.commodity_id, entry.keys))
            for entry in entries
        ),
    )

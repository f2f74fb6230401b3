"""Queries for SDMX: observations of complete periods, and their series."""

from sqlalchemy import FromClause, func, or_, select

from service.analytics.figures.source import Figures, published_months
from service.analytics.scope import QueryScope
from service.analytics.sql.types import Query, SqlExpression
from service.analytics.tables.paged_table import requested_cells

SDMX_SERIES_COLUMNS = ("flow", "partner_id", "commodity_id")


def observations(
    scope: QueryScope, *, max_rows: int, first_count: int | None = None, last_count: int | None = None
) -> Query:
    """Select the requested figures, by series and period, at most `max_rows` + 1.

    `first_count` and `last_count` select only so many figures from the start and the end of each series; null for both
    selects all. Quarters and years with an unpublished month are left out: SDMX has no observation status for them.
    """
    cell, is_complete = _cells(scope)
    key = [cell.c[name] for name in (*SDMX_SERIES_COLUMNS, "period")]
    value = (cell.c.value * scope.unit_multiplier).label("value")
    columns = [*key, value, cell.c.obs_status, cell.c.release_id]
    if first_count is None and last_count is None:
        return select(*columns).where(is_complete).order_by(*key).limit(max_rows + 1)
    *series_key, period = key
    positions = [
        func.row_number().over(partition_by=series_key, order_by=order).label(name)
        for name, order in (("from_start", period), ("from_end", period.desc()))
    ]
    numbered = select(*columns, *positions).where(is_complete).subquery("numbered")
    is_selected = or_(numbered.c.from_start <= (first_count or 0), numbered.c.from_end <= (last_count or 0))
    selected = [numbered.c[column.name] for column in columns]
    return select(*selected).where(is_selected).order_by(*selected[: len(key)]).limit(max_rows + 1)


def series(scope: QueryScope, *, max_rows: int) -> Query:
    """Select the series of the requested figures, at most `max_rows` + 1."""
    cell, is_complete = _cells(scope)
    key = [cell.c[name] for name in SDMX_SERIES_COLUMNS]
    return select(*key).where(is_complete).distinct().order_by(*key).limit(max_rows + 1)


def available_keys(scope: QueryScope) -> Query:
    """Select one row: the codes that the requested figures have, their first and last period, and their number."""
    cell, is_complete = _cells(scope)
    columns = [func.array_agg(cell.c[name].distinct()).label(name) for name in SDMX_SERIES_COLUMNS]
    series_key = func.row(*(cell.c[name] for name in SDMX_SERIES_COLUMNS))
    return select(
        *columns,
        func.min(cell.c.period).label("first_period"),
        func.max(cell.c.period).label("last_period"),
        func.count().label("observation_count"),
        func.count(series_key.distinct()).label("series_count"),
    ).where(is_complete)


def _cells(scope: QueryScope) -> tuple[FromClause, SqlExpression]:
    """Return the requested figures, and the condition that every month of a figure's period is published."""
    cell = requested_cells(Figures(scope, has_all_periods=False, has_all_areas=False), scope).subquery("observation")
    return cell, published_months(scope, cell.c.flow, cell.c.period) == scope.period_months

"""Figures as SDMX has them: series of observations, those of whole periods alone."""

from sqlalchemy import FromClause, select

from service.analytics.figures.source import Figures, published_months
from service.analytics.scope import QueryScope
from service.analytics.sql.types import Query, SqlExpression
from service.analytics.tables.paged_table import requested_cells

SDMX_SERIES_COLUMNS = ("flow", "partner_id", "commodity_id")


def observations(scope: QueryScope, *, max_rows: int) -> Query:
    """Select the figures that are asked for, by series and period, at most `most` and one.

    Quarters and years of which a month is not published are left out: SDMX has no word for them.
    """
    cell, is_whole = _cells(scope)
    key = [cell.c[name] for name in (*SDMX_SERIES_COLUMNS, "period")]
    value = (cell.c.value * scope.unit_multiplier).label("value")
    return select(*key, value, cell.c.obs_status).where(is_whole).order_by(*key).limit(max_rows + 1)


def series(scope: QueryScope, *, max_rows: int) -> Query:
    """Select the series that have a figure that is asked for, at most `most` and one."""
    cell, is_whole = _cells(scope)
    key = [cell.c[name] for name in SDMX_SERIES_COLUMNS]
    return select(*key).where(is_whole).distinct().order_by(*key).limit(max_rows + 1)


def _cells(scope: QueryScope) -> tuple[FromClause, SqlExpression]:
    """Return the figures that are asked for, and whether the period of one is wholly published."""
    cell = requested_cells(Figures(scope), scope).subquery("observation")
    return cell, published_months(scope, cell.c.flow, cell.c.period) == scope.period_months

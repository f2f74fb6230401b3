"""Figures as SDMX has them: series of observations, those of whole periods alone."""

from sqlalchemy import FromClause, select

from service.analytics.figures.source import Figures, months_published
from service.analytics.scope import Scope
from service.analytics.sql.types import Expression, Rows
from service.analytics.tables.paged_table import cells_asked

SERIES = ("flow", "partner_id", "commodity_id")


def observations(scope: Scope, *, most: int) -> Rows:
    """Select the figures that are asked for, by series and period, at most `most` and one.

    Quarters and years of which a month is not published are left out: SDMX has no word for them.
    """
    cell, is_whole = _cells(scope)
    key = [cell.c[name] for name in (*SERIES, "period")]
    value = (cell.c.value * scope.unit).label("value")
    return select(*key, value, cell.c.obs_status).where(is_whole).order_by(*key).limit(most + 1)


def series(scope: Scope, *, most: int) -> Rows:
    """Select the series that have a figure that is asked for, at most `most` and one."""
    cell, is_whole = _cells(scope)
    key = [cell.c[name] for name in SERIES]
    return select(*key).where(is_whole).distinct().order_by(*key).limit(most + 1)


def _cells(scope: Scope) -> tuple[FromClause, Expression]:
    """Return the figures that are asked for, and whether the period of one is wholly published."""
    cell = cells_asked(Figures(scope), scope).subquery("observation")
    return cell, months_published(scope, cell.c.flow, cell.c.period) == scope.step

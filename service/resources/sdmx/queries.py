"""Figures as SDMX has them: series of observations, those of whole periods alone."""

from sqlalchemy import FromClause, and_, select

from service.analytics.expressions import Rows
from service.analytics.figures import Figures, published_periods
from service.analytics.scope import Scope
from service.analytics.table import cells_asked

SERIES = ("flow", "partner_id", "commodity_id")


def observations(scope: Scope, *, most: int) -> Rows:
    """Select the figures that are asked for, by series and period, at most `most` and one.

    Quarters and years of which a month is not published are left out: SDMX has no word for them.
    """
    cell, whole_periods = _cells(scope)
    key = [cell.c[name] for name in (*SERIES, "period")]
    value = (cell.c.value * scope.unit).label("value")
    found = select(*key, value, cell.c.obs_status).select_from(whole_periods)
    return found.order_by(*key).limit(most + 1)


def series(scope: Scope, *, most: int) -> Rows:
    """Select the series that have a figure that is asked for, at most `most` and one."""
    cell, whole_periods = _cells(scope)
    key = [cell.c[name] for name in SERIES]
    return select(*key).select_from(whole_periods).distinct().order_by(*key).limit(most + 1)


def _cells(scope: Scope) -> tuple[FromClause, FromClause]:
    """Return the figures that are asked for, and these joined to the periods that are wholly published."""
    cell, published = cells_asked(Figures(scope), scope).subquery("observation"), published_periods(scope)
    same = and_(published.c.flow == cell.c.flow, published.c.period == cell.c.period)
    return cell, cell.join(published, and_(same, published.c.months == scope.step))

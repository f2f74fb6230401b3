"""Figures of keys that are given, whether or not there is a figure: zeros and gaps shown."""

from sqlalchemy import CTE, FromClause, and_, case, literal, select

from service.analytics.comparison import same_cell
from service.analytics.figures import COLUMNS, Figures, published_periods
from service.analytics.scope import Scope

KEY = ("flow", "partner_id", "commodity_id", "period")


def cells_of(grid: FromClause, scope: Scope, figures: Figures, *, name: str) -> CTE:
    """Return the rows of `grid`, which has the columns of KEY, each with the columns of its figure.

    The value is 0 where an exhaustive dataset that was published for the period has none, else null.
    """
    figure, published = figures.named(f"{name}_figure"), published_periods(scope, name=f"{name}_published")
    is_published = and_(published.c.flow == grid.c.flow, published.c.period == grid.c.period)
    no_trade = figure.c.obs_status.is_(None) & published.c.months.is_not(None) & literal(scope.exhaustive)
    carried = [figure.c[name] for name in (*COLUMNS, "months", "members") if name not in {*KEY, "value"}]
    return (
        select(*grid.c, case((no_trade, 0), else_=figure.c.value).label("value"), *carried)
        .select_from(
            grid.outerjoin(figure, same_cell(figure, grid, period=grid.c.period)).outerjoin(published, is_published)
        )
        .cte(name)
    )

"""What a ranking does not show: the other parts together, and what no part covers.

With both rows the parts add up to the whole: values, bases, shares, and contributions to the whole's growth.
"""

from sqlalchemy import Double, FromClause, Integer, and_, case, cast, func, literal, null, select, union_all

from service.analytics.figures.source import Figures, matches_periods
from service.analytics.measures.growth import ratio
from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.rounding import rounded_decimal
from service.analytics.sql.types import Query, SqlExpression, sql_type
from service.analytics.tables.cross_section import figures_with_growth
from service.analytics.tables.residual_figures import Breakdown, FiguresWithResidual, residual_figures, top_n_per_group
from service.domain.frequencies import MONTHS_PER_YEAR

MAX_ROUNDING_ERROR = 0.0001
"""What one number that is rounded to 4 decimals may be off, and to spare."""


def ranking_with_residual(
    ranking: Query, scope: QueryScope, figures: Figures, page: Page, breakdown: Breakdown
) -> Query:
    """Select the first rows of each flow, as many as the page's limit, and after them `other` and `unallocated`.

    ASSUMPTION: the scope is of a single period. Columns are those of `ranking`. What rounding leaves is taken up by
    `other`, or by `unallocated` where there are no others, so that shares and contributions add up as they are printed;
    what is left by parts whose own contribution is not known, as their base is not, is in `unallocated`.
    """
    shown = top_n_per_group(ranking, page, breakdown).cte("shown")
    rest = residual_figures(shown, scope, figures, breakdown)
    cells = select(rest).where(matches_periods(rest.c.period, scope)).subquery("rest_cell")
    compared_rest = figures_with_growth(cells, scope, FiguresWithResidual(figures, rest)).subquery("compared_rest")
    row = top_and_residual_rows(shown, compared_rest, breakdown)
    order = row.c.period, row.c.flow, row.c[breakdown.fixed_dimension], row.c.after, row.c.position
    return _absorb_rounding(row, scope, figures, breakdown).order_by(*order)


def top_and_residual_rows(top_rows: FromClause, residual_rows: FromClause, breakdown: Breakdown) -> FromClause:
    """Return the rows of `shown`, which have a `position`, and those of `rest`, `after` which is 1 for them."""
    columns = [column.name for column in top_rows.c if column.name != "position"]
    carried = [_aligned_column(residual_rows, top_rows, name) for name in columns]
    position = (-residual_rows.c[breakdown.dimension]).label("position")
    of_rest = select(*carried, literal(1).label("after"), position)
    of_shown = select(
        *(top_rows.c[name] for name in columns), literal(0).label("after"), cast(top_rows.c.position, Integer)
    )
    return union_all(of_shown, of_rest).subquery("row")


def _aligned_column(residual_rows: FromClause, top_rows: FromClause, name: str) -> SqlExpression:
    return (residual_rows.c[name] if name in residual_rows.c else cast(null(), sql_type(top_rows.c[name]))).label(name)


def _absorb_rounding(row: FromClause, scope: QueryScope, figures: Figures, breakdown: Breakdown) -> Query:
    """Select the rows with the share and the contribution of the one that takes up what rounding leaves."""
    together = [row.c.period, row.c.flow, row.c[breakdown.fixed_dimension]]
    whole = _total_growth(scope, figures, breakdown)
    rests = case((row.c.after == 1, row.c[breakdown.dimension]))
    first_rest, last_rest = (end(rests).over(partition_by=together) for end in (func.max, func.min))
    by_rounding = func.count().over(partition_by=together) * MAX_ROUNDING_ERROR
    targets = {breakdown.share_column: literal(100.0, Double), breakdown.contribution_column: whole.c.yoy_pct}

    def column(name: str) -> SqlExpression:
        own = row.c[name]
        if name not in targets:
            return own
        left = targets[name] - func.sum(own).over(partition_by=together)
        takes_up = row.c[breakdown.dimension] == case((func.abs(left) <= by_rounding, first_rest), else_=last_rest)
        return case((takes_up, rounded_decimal(own + left)), else_=own).label(name)

    same = and_(*(whole.c[name] == row.c[name] for name in ("flow", "period", breakdown.fixed_dimension)))
    return select(*(column(own.name) for own in row.c)).select_from(row.outerjoin(whole, same))


def _total_growth(scope: QueryScope, figures: Figures, breakdown: Breakdown) -> FromClause:
    now, then = figures.alias("whole_now"), figures.alias("whole_then")
    agreeing = ("flow", breakdown.dimension, breakdown.fixed_dimension)
    same = and_(*(now.c[name] == then.c[name] for name in agreeing), then.c.period == now.c.period - MONTHS_PER_YEAR)
    return (
        select(
            now.c.flow,
            now.c.period,
            now.c[breakdown.fixed_dimension],
            ratio(now.c.value - then.c.value, denominator=then.c.value).label("yoy_pct"),
        )
        .select_from(now.outerjoin(then, same))
        .where(now.c[breakdown.dimension] == breakdown.total_key, matches_periods(now.c.period, scope))
        .subquery("whole_growth")
    )

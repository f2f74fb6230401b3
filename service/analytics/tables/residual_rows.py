"""Residual rows of a ranking: `other`, the components after the first rows, and `unallocated`, the rest of the total.

With both rows the values, bases, shares and contributions of a ranking add up to those of the total.
"""

from sqlalchemy import FromClause, Integer, and_, case, cast, func, literal, null, select, union_all

from service.analytics.figures.source import Figures, matches_periods, published_months
from service.analytics.measures.growth import ratio
from service.analytics.measures.observation_status import exact_value
from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.rounding import rounded_decimal
from service.analytics.sql.types import Query, SqlExpression, sql_type
from service.analytics.tables.cross_section import figures_with_growth
from service.analytics.tables.residual_figures import Breakdown, FiguresWithResidual, residual_figures, top_n_per_group
from service.domain.frequencies import MONTHS_PER_YEAR

MAX_ROUNDING_ERROR = 0.0001
"""Upper bound of the rounding error of one number with 4 decimals."""


def ranking_with_residual(
    ranking: Query, scope: QueryScope, figures: Figures, page: Page, breakdown: Breakdown
) -> Query:
    """Select the first rows of each flow, up to the page's limit, followed by `other` and `unallocated`.

    `other` is the sum of the components after the first rows, `unallocated` the part of the total that is not broken
    down. The columns are those of `ranking`. Rounding errors are added to `other`, or to `unallocated` where there is
    no `other`, so that the rounded shares and contributions add up. Contributions of components without a base are in
    `unallocated`.

    ASSUMPTION: the scope has a single period.
    """
    top_rows = top_n_per_group(ranking, page, breakdown).cte("top_rows")
    residual = residual_figures(top_rows, scope, figures, breakdown)
    cells = select(residual).where(matches_periods(residual.c.period, scope)).subquery("residual_cell")
    growth = figures_with_growth(cells, scope, FiguresWithResidual(figures, residual)).subquery("residual_growth")
    row = top_and_residual_rows(top_rows, growth, breakdown)
    order = row.c.period, row.c.flow, row.c[breakdown.fixed_dimension], row.c.is_residual, row.c.position
    return _absorb_rounding(row, scope, figures, breakdown).order_by(*order)


def top_and_residual_rows(top_rows: FromClause, residual_rows: FromClause, breakdown: Breakdown) -> FromClause:
    """Return the rows of both tables, with `is_residual`, 0 or 1, and `position`.

    Within a ranking these two columns put the residual rows after the top rows.
    """
    columns = [column.name for column in top_rows.c if column.name != "position"]
    residual_columns = [_aligned_column(residual_rows, top_rows, name) for name in columns]
    position = (-residual_rows.c[breakdown.dimension]).label("position")
    residual = select(*residual_columns, literal(1).label("is_residual"), position)
    top = select(
        *(top_rows.c[name] for name in columns), literal(0).label("is_residual"), cast(top_rows.c.position, Integer)
    )
    return union_all(top, residual).subquery("row")


def _aligned_column(residual_rows: FromClause, top_rows: FromClause, name: str) -> SqlExpression:
    return (residual_rows.c[name] if name in residual_rows.c else cast(null(), sql_type(top_rows.c[name]))).label(name)


def _absorb_rounding(row: FromClause, scope: QueryScope, figures: Figures, breakdown: Breakdown) -> Query:
    """Select the rows, with the rounding error of shares and contributions added to one of the residual rows."""
    partition = [row.c.period, row.c.flow, row.c[breakdown.fixed_dimension]]
    total = _total_growth(scope, figures, breakdown)
    residual_key = case((row.c.is_residual == 1, row.c[breakdown.dimension]))
    first_residual, last_residual = (
        extreme(residual_key).over(partition_by=partition) for extreme in (func.max, func.min)
    )
    max_error = func.count().over(partition_by=partition) * MAX_ROUNDING_ERROR
    targets = {breakdown.share_column: total.c.share_pct, breakdown.contribution_column: total.c.yoy_pct}

    def column(name: str) -> SqlExpression:
        rounded = row.c[name]
        if name not in targets:
            return rounded
        error = targets[name] - func.coalesce(func.sum(rounded).over(partition_by=partition), 0.0)
        absorbing_key = case((func.abs(error) <= max_error, first_residual), else_=last_residual)
        is_absorbing = row.c[breakdown.dimension] == absorbing_key
        return case((is_absorbing, rounded_decimal(func.coalesce(rounded, 0.0) + error)), else_=rounded).label(name)

    same_total = and_(*(total.c[name] == row.c[name] for name in ("flow", "period", breakdown.fixed_dimension)))
    return select(*(column(each.name) for each in row.c)).select_from(row.outerjoin(total, same_total))


def _total_growth(scope: QueryScope, figures: Figures, breakdown: Breakdown) -> FromClause:
    """Return flow, period, fixed dimension, `share_pct` and `yoy_pct` of the totals in the requested periods.

    `share_pct` is 100, what the shares of all parts add up to. Both are null where a total is zero or not fully known.
    """
    current, base = figures.alias("total_current"), figures.alias("total_base")
    key_columns = ("flow", breakdown.dimension, breakdown.fixed_dimension)
    is_base = and_(
        *(current.c[name] == base.c[name] for name in key_columns), base.c.period == current.c.period - MONTHS_PER_YEAR
    )
    value, base_value = (exact_value(side.c.value, side.c.obs_status) for side in (current, base))
    are_complete = and_(
        *(
            _months_of_total(side, current, scope, months_back=months_back) == scope.period_months
            for side, months_back in ((current, 0), (base, MONTHS_PER_YEAR))
        )
    )
    return (
        select(
            current.c.flow,
            current.c.period,
            current.c[breakdown.fixed_dimension],
            ratio(value, denominator=value).label("share_pct"),
            case((and_(are_complete, base_value > 0), ratio(value - base_value, denominator=base_value))).label(
                "yoy_pct"
            ),
        )
        .select_from(current.outerjoin(base, is_base))
        .where(current.c[breakdown.dimension] == breakdown.total_key, matches_periods(current.c.period, scope))
        .subquery("total_growth")
    )


def _months_of_total(figure: FromClause, current: FromClause, scope: QueryScope, *, months_back: int) -> SqlExpression:
    """Return the number of published months of a total."""
    if not scope.exhaustive:
        return figure.c.months
    return published_months(scope, current.c.flow, current.c.period - months_back)

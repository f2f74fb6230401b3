"""What a ranking does not show: the other parts together, and what no part covers.

With both rows the parts add up to the whole: values, bases, shares, and contributions to the whole's growth.
"""

from sqlalchemy import Double, FromClause, Integer, and_, case, cast, func, literal, null, select, union_all

from service.analytics.figures.source import Figures, within_periods
from service.analytics.measures.growth import ratio
from service.analytics.scope import Scope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Expression, Rows, type_of
from service.analytics.tables.cross_section import compared
from service.analytics.tables.residual_figures import Breakdown, FiguresAndRest, first_of_each, rest_figures
from service.domain.frequencies import YEAR

ROUNDING = 0.0001
"""What one number that is rounded to 4 decimals may be off, and to spare."""


def with_rest(ranking: Rows, scope: Scope, figures: Figures, page: Page, breakdown: Breakdown) -> Rows:
    """Select the first rows of each flow, as many as the page's limit, and after them `other` and `unallocated`.

    ASSUMPTION: the scope is of a single period. Columns are those of `ranking`. What rounding leaves is taken up by
    `other`, or by `unallocated` where there are no others, so that shares and contributions add up as they are printed;
    what is left by parts whose own contribution is not known, as their base is not, is in `unallocated`.
    """
    shown = first_of_each(ranking, page, breakdown).cte("shown")
    rest = rest_figures(shown, scope, figures, breakdown)
    cells = select(rest).where(within_periods(rest.c.period, scope)).subquery("rest_cell")
    compared_rest = compared(cells, scope, FiguresAndRest(figures, rest)).subquery("compared_rest")
    row = shown_and_rest(shown, compared_rest, breakdown)
    order = row.c.period, row.c.flow, row.c[breakdown.beside], row.c.after, row.c.position
    return _adding_up(row, scope, figures, breakdown).order_by(*order)


def shown_and_rest(shown: FromClause, rest: FromClause, breakdown: Breakdown) -> FromClause:
    """Return the rows of `shown`, which have a `position`, and those of `rest`, `after` which is 1 for them."""
    columns = [column.name for column in shown.c if column.name != "position"]
    carried = [_carried(rest, shown, name) for name in columns]
    position = (-rest.c[breakdown.part]).label("position")
    of_rest = select(*carried, literal(1).label("after"), position)
    of_shown = select(*(shown.c[name] for name in columns), literal(0).label("after"), cast(shown.c.position, Integer))
    return union_all(of_shown, of_rest).subquery("row")


def _carried(rest: FromClause, shown: FromClause, name: str) -> Expression:
    return (rest.c[name] if name in rest.c else cast(null(), type_of(shown.c[name]))).label(name)


def _adding_up(row: FromClause, scope: Scope, figures: Figures, breakdown: Breakdown) -> Rows:
    """Select the rows with the share and the contribution of the one that takes up what rounding leaves."""
    together = [row.c.period, row.c.flow, row.c[breakdown.beside]]
    whole = _whole_growth(scope, figures, breakdown)
    rests = case((row.c.after == 1, row.c[breakdown.part]))
    first_rest, last_rest = (end(rests).over(partition_by=together) for end in (func.max, func.min))
    by_rounding = func.count().over(partition_by=together) * ROUNDING
    targets = {breakdown.share: literal(100.0, Double), breakdown.contribution: whole.c.yoy_pct}

    def column(name: str) -> Expression:
        own = row.c[name]
        if name not in targets:
            return own
        left = targets[name] - func.sum(own).over(partition_by=together)
        takes_up = row.c[breakdown.part] == case((func.abs(left) <= by_rounding, first_rest), else_=last_rest)
        return case((takes_up, func.round((own + left) * 1e4, type_=Double) / 1e4 + 0.0), else_=own).label(name)

    same = and_(*(whole.c[name] == row.c[name] for name in ("flow", "period", breakdown.beside)))
    return select(*(column(own.name) for own in row.c)).select_from(row.outerjoin(whole, same))


def _whole_growth(scope: Scope, figures: Figures, breakdown: Breakdown) -> FromClause:
    now, then = figures.named("whole_now"), figures.named("whole_then")
    agreeing = ("flow", breakdown.part, breakdown.beside)
    same = and_(*(now.c[name] == then.c[name] for name in agreeing), then.c.period == now.c.period - YEAR)
    return (
        select(
            now.c.flow,
            now.c.period,
            now.c[breakdown.beside],
            ratio(now.c.value - then.c.value, whole=then.c.value).label("yoy_pct"),
        )
        .select_from(now.outerjoin(then, same))
        .where(now.c[breakdown.part] == breakdown.whole, within_periods(now.c.period, scope))
        .subquery("whole_growth")
    )

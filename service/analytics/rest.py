"""What a ranking does not show: the other parts together, and what no part covers.

With both rows the parts add up to the whole: values, bases, shares, and contributions to the whole's growth.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import (
    CTE,
    Double,
    FromClause,
    Integer,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from service.analytics.comparison import compared
from service.analytics.expressions import Expression, Rows, type_of
from service.analytics.figures import COLUMNS, Figures, within_periods
from service.analytics.growth import ratio
from service.analytics.keys import one_of
from service.analytics.ordering import Page, direction_of
from service.analytics.scope import YEAR, Scope
from service.analytics.status import weakest_status

OTHER, UNALLOCATED = -1, -2
"""Keys that stand in the place of a partner or a commodity."""


@dataclass(frozen=True)
class Breakdown:
    """By what figures are broken down.

    `part` is the column whose values are the parts, `beside` the one that parts of one whole agree in, `whole` the key
    of the whole, `is_part` tells whether a key is one of all parts, shown or not, and `is_asked` whether a key of
    `beside` is asked for. `share` and `contribution` are the columns that are of the whole.
    """

    part: str
    beside: str
    whole: int
    is_part: Callable[[Expression], Expression]
    is_asked: Callable[[Expression], Expression]
    share: str
    contribution: str


def with_rest(ranking: Rows, scope: Scope, figures: Figures, page: Page, breakdown: Breakdown) -> Rows:
    """Select the first rows of each flow, as many as the page's limit, and after them `other` and `unallocated`.

    ASSUMPTION: the scope is of a single period. Columns are those of `ranking`. What rounding leaves is taken up by
    `other`, or by `unallocated` where there are no others, so that shares and contributions add up as they are printed.
    """
    shown = _first_of_each(ranking, page, breakdown).cte("shown")
    rest = _rest_figures(shown, scope, figures, breakdown)
    cells = select(rest).where(within_periods(rest.c.period, scope)).subquery("rest_cell")
    compared_rest = compared(cells, scope, _FiguresAndRest(figures, rest)).subquery("compared_rest")
    columns = [column.name for column in shown.c if column.name != "position"]
    carried = [_carried(compared_rest, shown, name) for name in columns]
    position = (-compared_rest.c[breakdown.part]).label("position")
    of_rest = select(*carried, literal(1).label("after"), position)
    of_shown = select(*(shown.c[name] for name in columns), literal(0).label("after"), cast(shown.c.position, Integer))
    row = union_all(of_shown, of_rest).subquery("row")
    order = row.c.period, row.c.flow, row.c[breakdown.beside], row.c.after, row.c.position
    return _adding_up(row, scope, figures, breakdown).order_by(*order)


class _FiguresAndRest(Figures):
    """The figures, and those of `other` and `unallocated` as if they were published."""

    def __init__(self, figures: Figures, rest: CTE) -> None:
        self._figures, self._rest = figures, rest

    def named(self, name: str) -> FromClause:
        published = self._figures.named(f"{name}_published")
        both = union_all(select(published), select(*(self._rest.c[column.name] for column in published.c)))
        return both.subquery(name)


def _first_of_each(ranking: Rows, page: Page, breakdown: Breakdown) -> Rows:
    ranked = ranking.subquery("ranked")
    together = [ranked.c.period, ranked.c.flow, ranked.c[breakdown.beside]]
    order = [direction_of(ranked.c[order.column], order) for order in page.orders]
    position = func.row_number().over(partition_by=together, order_by=order).label("position")
    placed = select(ranked, position).subquery("placed")
    return select(placed) if page.limit is None else select(placed).where(placed.c.position <= page.limit)


def _rest_figures(shown: CTE, scope: Scope, figures: Figures, breakdown: Breakdown) -> CTE:
    """Return figures of `other` and `unallocated`, in the period asked for, the one before, and a year before."""
    whole, part = figures.named("whole"), _parts_added_up(shown, scope, figures, breakdown)
    agreeing = ("flow", "period", breakdown.beside)
    beside = whole.outerjoin(part, and_(*(whole.c[name] == part.c[name] for name in agreeing)))
    there = select(
        *(whole.c[name] for name in agreeing),
        whole.c.months,
        whole.c.release_id,
        func.max(part.c.others).over(partition_by=[whole.c.flow, whole.c[breakdown.beside]]).label("others"),
        func.coalesce(part.c.other_value, 0).label("other_value"),
        func.coalesce(part.c.other_status, whole.c.obs_status).label("other_status"),
        (whole.c.value - func.coalesce(part.c.value, 0)).label("unallocated_value"),
        whole.c.obs_status.label("unallocated_status"),
    )
    wholes_asked = (
        one_of(whole.c.flow, scope.flows),
        whole.c[breakdown.part] == breakdown.whole,
        breakdown.is_asked(whole.c[breakdown.beside]),
        _is_needed(whole.c.period, scope),
    )
    one = there.select_from(beside).where(*wholes_asked).cte("beside_parts")
    of_other = _rest_row(one, whole, breakdown, key=OTHER, name="other").where(one.c.others > 0)
    return union_all(of_other, _rest_row(one, whole, breakdown, key=UNALLOCATED, name="unallocated")).cte("rest")


def _rest_row(one: CTE, like: FromClause, breakdown: Breakdown, *, key: int, name: str) -> Rows:
    """Select figures of one key in columns like those of `like`, null where they have none of their own."""
    derived = {
        breakdown.part: cast(literal(key), type_of(like.c[breakdown.part])),
        "value": one.c[f"{name}_value"],
        "obs_status": one.c[f"{name}_status"],
    }
    own = {column.name: column for column in one.c} | derived
    columns = (*COLUMNS, "months", "members")
    return select(*(own.get(column, cast(null(), type_of(like.c[column]))).label(column) for column in columns))


def _parts_added_up(shown: CTE, scope: Scope, figures: Figures, breakdown: Breakdown) -> FromClause:
    """Return the sums of all parts, and of those not shown; what is missing or suppressed is in neither."""
    part, is_shown = figures.named("part"), shown.alias("is_shown")
    same = and_(*(is_shown.c[name] == part.c[name] for name in ("flow", breakdown.beside, breakdown.part)))
    not_shown = is_shown.c.position.is_(None)
    key = [part.c.flow, part.c.period, part.c[breakdown.beside]]
    return (
        select(
            *key,
            func.sum(part.c.value).label("value"),
            func.sum(part.c.value).filter(not_shown).label("other_value"),
            func.count().filter(not_shown).label("others"),
            weakest_status(case((not_shown, part.c.obs_status))).label("other_status"),
        )
        .select_from(part.outerjoin(is_shown, same))
        .where(
            one_of(part.c.flow, scope.flows),
            breakdown.is_part(part.c[breakdown.part]),
            _is_needed(part.c.period, scope),
        )
        .group_by(*key)
        .subquery("parts")
    )


def _is_needed(period: Expression, scope: Scope) -> Expression:
    return or_(*(within_periods(period + back, scope) for back in (0, scope.step, YEAR)))


def _carried(rest: FromClause, shown: FromClause, name: str) -> Expression:
    return (rest.c[name] if name in rest.c else cast(null(), type_of(shown.c[name]))).label(name)


def _adding_up(row: FromClause, scope: Scope, figures: Figures, breakdown: Breakdown) -> Rows:
    """Select the rows with the share and the contribution of the one that takes up what rounding leaves."""
    together = [row.c.period, row.c.flow, row.c[breakdown.beside]]
    whole = _whole_growth(scope, figures, breakdown)
    takes_up = row.c[breakdown.part] == func.max(case((row.c.after == 1, row.c[breakdown.part]))).over(
        partition_by=together
    )
    targets = {breakdown.share: literal(100.0, Double), breakdown.contribution: whole.c.yoy_pct}

    def column(name: str) -> Expression:
        own = row.c[name]
        if name not in targets:
            return own
        left = targets[name] - func.sum(own).over(partition_by=together)
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

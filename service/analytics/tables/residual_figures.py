"""Figures of what a breakdown does not show: the other parts together, and what no part covers."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import CTE, FromClause, and_, case, cast, func, literal, null, or_, select, union_all

from service.analytics.figures.source import COLUMNS, Figures, within_periods
from service.analytics.measures.observation_status import weakest_status
from service.analytics.scope import Scope
from service.analytics.sql.key_conditions import in_any, in_set, one_of
from service.analytics.sql.keyset_pagination import Page, direction_of
from service.analytics.sql.types import Expression, Rows, type_of
from service.domain.frequencies import YEAR

OTHER, UNALLOCATED = -1, -2
"""Keys that stand in the place of a partner or a commodity."""


@dataclass(frozen=True)
class Breakdown:
    """By what figures are broken down.

    `part` is the column whose values are the parts, `beside` the one that parts of one whole agree in, `whole` the key
    of the whole, `is_part` tells whether a key is one of all parts, shown or not, and `is_asked` whether a key of
    `beside` is asked for. `share` and `contribution` are the columns that are of the whole. `both_flows` tells that
    exports and imports stand in one row, so that what has no rest in one flow has 0 there where the other has some.
    """

    part: str
    beside: str
    whole: int
    is_part: Callable[[Expression], Expression]
    is_asked: Callable[[Expression], Expression]
    share: str
    contribution: str
    both_flows: bool = False

    @property
    def agreeing(self) -> tuple[str, ...]:
        """Return the columns that the parts of one ranking agree in."""
        return ("period", self.beside) if self.both_flows else ("period", "flow", self.beside)


def by_partner(scope: Scope, *, both_flows: bool = False) -> Breakdown:
    """Return the breakdown of the World into all single areas, for each commodity asked for."""
    return Breakdown(
        part="partner_id",
        beside="commodity_id",
        whole=scope.world_id,
        is_part=lambda partner: one_of(partner, scope.single_areas),
        is_asked=lambda commodity: in_set(commodity, scope.goods),
        share="partner_share_pct",
        contribution="partner_contribution_pp",
        both_flows=both_flows,
    )


def by_commodity(scope: Scope, *, both_flows: bool = False) -> Breakdown:
    """Return the breakdown of all goods into the commodities of one level, for each partner asked for.

    ASSUMPTION: the commodities asked for are of one level.
    """
    return Breakdown(
        part="commodity_id",
        beside="partner_id",
        whole=scope.total_id,
        is_part=lambda commodity: in_any(commodity, scope.peers),
        is_asked=lambda partner: one_of(partner, scope.partners),
        share="commodity_share_pct",
        contribution="commodity_contribution_pp",
        both_flows=both_flows,
    )


class FiguresAndRest(Figures):
    """The figures, and those of `other` and `unallocated` as if they were published."""

    def __init__(self, figures: Figures, rest: CTE) -> None:
        self._figures, self._rest = figures, rest

    def named(self, name: str) -> FromClause:
        """Return the figures of both as a table called `name`."""
        published = self._figures.named(f"{name}_published")
        both = union_all(select(published), select(*(self._rest.c[column.name] for column in published.c)))
        return both.subquery(name)


def first_of_each(ranking: Rows, page: Page, breakdown: Breakdown) -> Rows:
    """Select the first rows of each ranking, as many as the page's limit, with their `position`."""
    ranked = ranking.subquery("ranked")
    together = [ranked.c[name] for name in breakdown.agreeing]
    order = [direction_of(ranked.c[order.column], order) for order in page.orders]
    position = func.row_number().over(partition_by=together, order_by=order).label("position")
    placed = select(ranked, position).subquery("placed")
    return select(placed) if page.limit is None else select(placed).where(placed.c.position <= page.limit)


def rest_figures(shown: CTE, scope: Scope, figures: Figures, breakdown: Breakdown) -> CTE:
    """Return figures of `other` and `unallocated`, in the period asked for, the one before, and a year before.

    `shown` are flow, part, and what parts agree in, with the `position` of what is shown.
    """
    whole, part = figures.named("whole"), _parts_added_up(shown, scope, figures, breakdown)
    agreeing = ("flow", "period", breakdown.beside)
    together = [whole.c[name] for name in breakdown.agreeing if name != "period"]
    beside = whole.outerjoin(part, and_(*(whole.c[name] == part.c[name] for name in agreeing)))
    there = select(
        *(whole.c[name] for name in agreeing),
        whole.c.months,
        whole.c.release_id,
        func.max(part.c.others).over(partition_by=together).label("others"),
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

"""Figures of what a breakdown does not show: the other parts together, and what no part covers."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import CTE, FromClause, and_, case, cast, func, literal, null, or_, select, union_all

from service.analytics.figures.source import OBSERVATION_COLUMNS, Figures, matches_periods
from service.analytics.measures.observation_status import weakest_status
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key, matches_any_key_set, matches_key_set
from service.analytics.sql.keyset_pagination import Page, sort_expression
from service.analytics.sql.types import Query, SqlExpression, sql_type
from service.domain.frequencies import MONTHS_PER_YEAR

OTHER_KEY, UNALLOCATED_KEY = -1, -2
"""Keys that stand in the place of a partner or a commodity."""


@dataclass(frozen=True)
class Breakdown:
    """By what figures are broken down.

    `part` is the column whose values are the parts, `beside` the one that parts of one whole agree in, `whole` the key
    of the whole, `is_part` tells whether a key is one of all parts, shown or not, and `is_asked` whether a key of
    `beside` is asked for. `share` and `contribution` are the columns that are of the whole. `both_flows` tells that
    exports and imports stand in one row, so that what has no rest in one flow has 0 there where the other has some.
    """

    dimension: str
    fixed_dimension: str
    total_key: int
    is_component: Callable[[SqlExpression], SqlExpression]
    is_requested: Callable[[SqlExpression], SqlExpression]
    share_column: str
    contribution_column: str
    both_flows: bool = False

    @property
    def partition_columns(self) -> tuple[str, ...]:
        """Return the columns that the parts of one ranking agree in."""
        return ("period", self.fixed_dimension) if self.both_flows else ("period", "flow", self.fixed_dimension)


def partner_breakdown(scope: QueryScope, *, both_flows: bool = False) -> Breakdown:
    """Return the breakdown of the World into all single areas, for each commodity asked for."""
    return Breakdown(
        dimension="partner_id",
        fixed_dimension="commodity_id",
        total_key=scope.world_id,
        is_component=lambda partner: matches_any_key(partner, scope.individual_areas),
        is_requested=lambda commodity: matches_key_set(commodity, scope.commodity_keys),
        share_column="partner_share_pct",
        contribution_column="partner_contribution_pp",
        both_flows=both_flows,
    )


def commodity_breakdown(scope: QueryScope, *, both_flows: bool = False) -> Breakdown:
    """Return the breakdown of all goods into the commodities of one level, for each partner asked for.

    ASSUMPTION: the commodities asked for are of one level.
    """
    return Breakdown(
        dimension="commodity_id",
        fixed_dimension="partner_id",
        total_key=scope.total_id,
        is_component=lambda commodity: matches_any_key_set(commodity, scope.level_keys),
        is_requested=lambda partner: matches_any_key(partner, scope.partners),
        share_column="commodity_share_pct",
        contribution_column="commodity_contribution_pp",
        both_flows=both_flows,
    )


class FiguresWithResidual(Figures):
    """The figures, and those of `other` and `unallocated` as if they were published."""

    def __init__(self, figures: Figures, residual: CTE) -> None:
        self._figures, self._residual = figures, residual

    def alias(self, name: str) -> FromClause:
        """Return the figures of both as a table called `name`."""
        published = self._figures.alias(f"{name}_published")
        both = union_all(select(published), select(*(self._residual.c[column.name] for column in published.c)))
        return both.subquery(name)


def top_n_per_group(ranking: Query, page: Page, breakdown: Breakdown) -> Query:
    """Select the first rows of each ranking, as many as the page's limit, with their `position`."""
    ranked = ranking.subquery("ranked")
    together = [ranked.c[name] for name in breakdown.partition_columns]
    order = [sort_expression(ranked.c[order.column], order) for order in page.orders]
    position = func.row_number().over(partition_by=together, order_by=order).label("position")
    placed = select(ranked, position).subquery("placed")
    return select(placed) if page.limit is None else select(placed).where(placed.c.position <= page.limit)


def residual_figures(top_rows: CTE, scope: QueryScope, figures: Figures, breakdown: Breakdown) -> CTE:
    """Return figures of `other` and `unallocated`, in the period asked for, the one before, and a year before.

    `shown` are flow, part, and what parts agree in, with the `position` of what is shown.
    """
    whole, part = figures.alias("whole"), _component_sums(top_rows, scope, figures, breakdown)
    agreeing = ("flow", "period", breakdown.fixed_dimension)
    together = [whole.c[name] for name in breakdown.partition_columns if name != "period"]
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
        matches_any_key(whole.c.flow, scope.flows),
        whole.c[breakdown.dimension] == breakdown.total_key,
        breakdown.is_requested(whole.c[breakdown.fixed_dimension]),
        _is_needed_period(whole.c.period, scope),
    )
    one = there.select_from(beside).where(*wholes_asked).cte("beside_parts")
    of_other = _residual_row(one, whole, breakdown, key=OTHER_KEY, name="other").where(one.c.others > 0)
    return union_all(of_other, _residual_row(one, whole, breakdown, key=UNALLOCATED_KEY, name="unallocated")).cte(
        "rest"
    )


def _residual_row(residuals: CTE, template: FromClause, breakdown: Breakdown, *, key: int, name: str) -> Query:
    """Select figures of one key in columns like those of `like`, null where they have none of their own."""
    derived = {
        breakdown.dimension: cast(literal(key), sql_type(template.c[breakdown.dimension])),
        "value": residuals.c[f"{name}_value"],
        "obs_status": residuals.c[f"{name}_status"],
    }
    own = {column.name: column for column in residuals.c} | derived
    columns = (*OBSERVATION_COLUMNS, "months", "members")
    return select(*(own.get(column, cast(null(), sql_type(template.c[column]))).label(column) for column in columns))


def _component_sums(top_rows: CTE, scope: QueryScope, figures: Figures, breakdown: Breakdown) -> FromClause:
    """Return the sums of all parts, and of those not shown; what is missing or suppressed is in neither."""
    part, is_shown = figures.alias("part"), top_rows.alias("is_shown")
    same = and_(
        *(is_shown.c[name] == part.c[name] for name in ("flow", breakdown.fixed_dimension, breakdown.dimension))
    )
    not_shown = is_shown.c.position.is_(None)
    key = [part.c.flow, part.c.period, part.c[breakdown.fixed_dimension]]
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
            matches_any_key(part.c.flow, scope.flows),
            breakdown.is_component(part.c[breakdown.dimension]),
            _is_needed_period(part.c.period, scope),
        )
        .group_by(*key)
        .subquery("parts")
    )


def _is_needed_period(period: SqlExpression, scope: QueryScope) -> SqlExpression:
    return or_(*(matches_periods(period + back, scope) for back in (0, scope.period_months, MONTHS_PER_YEAR)))

"""Residual figures of a breakdown: the sum of the components below the top N, and the part that is not allocated."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import CTE, FromClause, and_, case, cast, func, literal, null, or_, select, union_all

from service.analytics.figures.source import MEMBER_COLUMNS, OBSERVATION_COLUMNS, Figures, matches_periods
from service.analytics.measures.growth_columns import UNCONVERTED_COLUMN
from service.analytics.measures.observation_status import weakest_status
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key, matches_any_key_set, matches_key_set
from service.analytics.sql.keyset_pagination import Page, sort_expression
from service.analytics.sql.types import Query, SqlExpression, sql_type
from service.domain.frequencies import MONTHS_PER_YEAR

OTHER_KEY, UNALLOCATED_KEY = -1, -2
"""Keys of the residual rows, in the column of the partner or the commodity."""


@dataclass(frozen=True)
class Breakdown:
    """A breakdown of a total into components, such as of the World into areas.

    `dimension` is the column with the keys of the components and, in the row of the total, `total_key`.
    `fixed_dimension` is the column whose key is the same in all components of one total. `is_component` returns the SQL
    condition that a key is of a component, and `is_requested` that a key of the fixed dimension is requested.
    `share_column` and `contribution_column` are the columns of the share of a component in the total and of its
    contribution to the growth of the total. `both_flows` means that exports and imports are in one row: a flow without
    a residual then has 0 where the other flow has one.
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
        """Return the columns whose values are the same in all components that are ranked together."""
        return ("period", self.fixed_dimension) if self.both_flows else ("period", "flow", self.fixed_dimension)


def partner_breakdown(scope: QueryScope, *, both_flows: bool = False) -> Breakdown:
    """Return the breakdown of the World into all individual areas, for each requested commodity.

    `both_flows` says that a row of the ranking has both exports and imports.
    """
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
    """Return the breakdown of total trade into the commodities of one level, for each requested partner.

    `both_flows` says that a row of the ranking has both exports and imports.

    ASSUMPTION: all requested commodities are on the same level.
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
    """Figures of a dataset together with the residual figures `other` and `unallocated`.

    `other` is the sum of the components that are not among the first rows of a ranking, `unallocated` the part of the
    total that is not broken down. Their keys are OTHER_KEY and UNALLOCATED_KEY.
    """

    def __init__(self, figures: Figures, residual: CTE) -> None:
        self._figures, self._residual, self.has_all_periods = figures, residual, True

    @property
    def is_aggregated(self) -> bool:
        """Return false: the few residual rows are joined with their figures one by one, not by a full join."""
        return False

    def alias(self, name: str, *, membership_offset: int = 0) -> FromClause:
        """Return the figures of the dataset and the residual figures as one table with the alias `name`."""
        published = self._figures.alias(f"{name}_published", membership_offset=membership_offset)
        all_figures = union_all(select(published), select(*(self._residual.c[column.name] for column in published.c)))
        return all_figures.subquery(name)


def top_n_per_group(ranking: Query, page: Page, breakdown: Breakdown) -> Query:
    """Select the first rows of each ranking, up to the page's limit, with their `position` from 1."""
    ranked = ranking.subquery("ranked")
    partition = [ranked.c[name] for name in breakdown.partition_columns]
    order = [sort_expression(ranked.c[order.column], order) for order in page.orders]
    position = func.row_number().over(partition_by=partition, order_by=order).label("position")
    positioned = select(ranked, position).subquery("positioned")
    query = select(positioned)
    return query if page.limit is None else query.where(positioned.c.position <= page.limit)


def residual_figures(top_rows: CTE, scope: QueryScope, figures: Figures, breakdown: Breakdown) -> CTE:
    """Return the figures of `other` and `unallocated` in the requested period, the previous one, and a year earlier.

    `other` is the sum of the components that are not in `top_rows`, `unallocated` the part of the total that is not
    broken down. `top_rows`, the first rows of a ranking, have flow, both dimensions of the breakdown, and `position`.
    """
    total, components = figures.alias("breakdown_total"), _component_sums(top_rows, scope, figures, breakdown)
    key_columns = ("flow", "period", breakdown.fixed_dimension)
    partition = [total.c[name] for name in breakdown.partition_columns if name != "period"]
    source = total.outerjoin(components, and_(*(total.c[name] == components.c[name] for name in key_columns)))
    totals = select(
        *(total.c[name] for name in key_columns),
        total.c.months,
        total.c.release_id,
        func.max(components.c.other_count).over(partition_by=partition).label("other_count"),
        func.coalesce(components.c.other_value, 0).label("other_value"),
        func.coalesce(components.c.other_status, total.c.obs_status).label("other_status"),
        (total.c.value - func.coalesce(components.c.value, 0)).label("unallocated_value"),
        *_unconverted_residuals(total, components),
        total.c.obs_status.label("unallocated_status"),
    )
    conditions = (
        matches_any_key(total.c.flow, scope.flows),
        total.c[breakdown.dimension] == breakdown.total_key,
        breakdown.is_requested(total.c[breakdown.fixed_dimension]),
        _is_needed_period(total.c.period, scope),
    )
    residual = totals.select_from(source).where(*conditions).cte("total_residual")
    other = _residual_row(residual, total, breakdown, key=OTHER_KEY, name="other").where(residual.c.other_count > 0)
    unallocated = _residual_row(residual, total, breakdown, key=UNALLOCATED_KEY, name="unallocated")
    return union_all(other, unallocated).cte("residual")


def _unconverted_residuals(total: FromClause, components: FromClause) -> list[SqlExpression]:
    """Return the values of `other` and `unallocated` in the currency of the source; nothing without a conversion."""
    if UNCONVERTED_COLUMN not in total.c:
        return []
    unallocated = total.c[UNCONVERTED_COLUMN] - func.coalesce(components.c[UNCONVERTED_COLUMN], 0)
    return [
        func.coalesce(components.c[f"other_{UNCONVERTED_COLUMN}"], 0).label(f"other_{UNCONVERTED_COLUMN}"),
        unallocated.label(f"unallocated_{UNCONVERTED_COLUMN}"),
    ]


def _residual_row(residuals: CTE, template: FromClause, breakdown: Breakdown, *, key: int, name: str) -> Query:
    """Select the figures of one residual key in the columns of `template`; null where a residual has no such column."""
    derived: dict[str, SqlExpression] = {
        breakdown.dimension: cast(literal(key), sql_type(template.c[breakdown.dimension])),
        "value": residuals.c[f"{name}_value"],
        "obs_status": residuals.c[f"{name}_status"],
    }
    residual_columns = {column.name: column for column in residuals.c} | derived
    columns: tuple[str, ...] = (*OBSERVATION_COLUMNS, "months", *MEMBER_COLUMNS)
    if UNCONVERTED_COLUMN in template.c:
        columns = (*columns, UNCONVERTED_COLUMN)
        derived[UNCONVERTED_COLUMN] = residuals.c[f"{name}_{UNCONVERTED_COLUMN}"]
    return select(
        *(residual_columns.get(column, cast(null(), sql_type(template.c[column]))).label(column) for column in columns)
    )


def _component_sums(top_rows: CTE, scope: QueryScope, figures: Figures, breakdown: Breakdown) -> FromClause:
    """Return sums over all components, and over those that are not among the top rows.

    Missing and suppressed values are in neither sum.
    """
    component, top_row = figures.alias("component"), top_rows.alias("top_row")
    same_component = and_(
        *(top_row.c[name] == component.c[name] for name in ("flow", breakdown.fixed_dimension, breakdown.dimension))
    )
    is_other = top_row.c.position.is_(None)
    key = [component.c.flow, component.c.period, component.c[breakdown.fixed_dimension]]
    value_columns = ["value", *([UNCONVERTED_COLUMN] if UNCONVERTED_COLUMN in component.c else [])]
    return (
        select(
            *key,
            *(func.sum(component.c[name]).label(name) for name in value_columns),
            *(func.sum(component.c[name]).filter(is_other).label(f"other_{name}") for name in value_columns),
            func.count().filter(is_other).label("other_count"),
            weakest_status(case((is_other, component.c.obs_status))).label("other_status"),
        )
        .select_from(component.outerjoin(top_row, same_component))
        .where(
            matches_any_key(component.c.flow, scope.flows),
            breakdown.is_component(component.c[breakdown.dimension]),
            _is_needed_period(component.c.period, scope),
        )
        .group_by(*key)
        .subquery("component_sum")
    )


def _is_needed_period(period: SqlExpression, scope: QueryScope) -> SqlExpression:
    return or_(
        *(matches_periods(period + months_back, scope) for months_back in (0, scope.period_months, MONTHS_PER_YEAR))
    )

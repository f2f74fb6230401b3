"""Joins of rows with the figures to compare with: a year earlier, the previous period, the World, and the total."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, cast

from sqlalchemy import ColumnClause, FromClause, and_, case, func, not_, or_, select
from sqlalchemy.sql.visitors import ExternallyTraversible, iterate

from service.analytics.figures.area_changes import is_outside_lifetime
from service.analytics.figures.edition_conditions import is_series_break
from service.analytics.figures.source import Figures, published_months
from service.analytics.measures.growth_columns import (
    BASE_PREFIX,
    COVERAGE_COLUMN,
    PREVIOUS_PREFIX,
    compared_members_column,
    period_figure_columns,
)
from service.analytics.measures.observation_status import exact_value
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key
from service.analytics.sql.types import Query, SqlExpression
from service.domain.frequencies import MONTHS_PER_YEAR


class BaseJoin(NamedTuple):
    """A table and the condition that joins it to cells, the rows of figures that growth is computed for.

    `is_full` makes it a full join, which also has rows that match no cell. PostgreSQL reads both sides of a full join
    once. Any other join it would repeat for each cell where it expects few cells.
    """

    table: FromClause
    condition: SqlExpression
    is_full: bool = False


def base_columns_and_joins(
    cells: FromClause, scope: QueryScope, figures: Figures, *, use_range_scan: bool
) -> tuple[dict[str, SqlExpression], list[BaseJoin]]:
    """Return the SQL of each of COMPARISON_COLUMNS by name, and the joins of `cells` with the tables that it refers to.

    `use_range_scan` reads bases and previous periods by index range; see `_range_scan`.
    """
    base, previous = (
        _range_scan(cells, figures, name=name, months_back=months_back)
        if use_range_scan
        else _compared_figures(figures, scope, name=name, months_back=months_back)
        for name, months_back in (("base", MONTHS_PER_YEAR), ("previous", scope.period_months))
    )
    is_full = use_range_scan or figures.is_aggregated
    columns = {
        **period_columns(cells, cells, scope, prefix="", months_back=0),
        **period_columns(base, cells, scope, prefix=BASE_PREFIX, months_back=MONTHS_PER_YEAR),
        **period_columns(previous, cells, scope, prefix=PREVIOUS_PREFIX, months_back=scope.period_months),
    }
    joins = [
        BaseJoin(base, matches_cell(base, cells, period=cells.c.period - MONTHS_PER_YEAR), is_full),
        BaseJoin(previous, matches_cell(previous, cells, period=cells.c.period - scope.period_months), is_full),
    ]
    for name, total_keys in {"world": {"partner": scope.world_id}, "total": {"commodity": scope.total_id}}.items():
        for prefix, months_back in (("", 0), (BASE_PREFIX, MONTHS_PER_YEAR)):
            # The World is no group, but its commodities change with the edition. The total of a group's commodities has
            # the members of the group's base.
            offset = months_back if name == "total" or scope.editions is not None else 0
            figure = _compared_figures(
                figures, scope, name=f"{prefix}{name}", months_back=months_back, offset=offset, **total_keys
            )
            columns[f"{prefix}{name}"] = comparable_total(figure, scope, months=columns[f"{prefix}months"])
            joins.append(
                BaseJoin(
                    figure,
                    matches_cell(figure, cells, period=cells.c.period - months_back, **total_keys),
                    figures.is_aggregated,
                )
            )
    return columns, joins


def _compared_figures(
    figures: Figures,
    scope: QueryScope,
    *,
    name: str,
    months_back: int,
    offset: int | None = None,
    partner: int | None = None,
    commodity: int | None = None,
) -> FromClause:
    """Return the figures that cells of the scope are compared with, those `months_back` months before them.

    Sums that no cell can match are left out, as a full join would keep them. `partner` or `commodity` replaces the key.
    """
    offset = months_back if offset is None else offset
    if not figures.is_aggregated:
        return figures.alias(name, membership_offset=offset)
    figure = figures.alias(f"{name}_figure", membership_offset=offset)
    is_of_partner = (
        figure.c.partner_id == partner if partner is not None else matches_any_key(figure.c.partner_id, scope.partners)
    )
    conditions = [is_of_partner]
    if not figures.has_all_periods:
        periods = (
            figure.c.period.between(first - months_back, last - months_back) for first, last in scope.period_ranges
        )
        conditions.append(or_(*periods))
    if commodity is not None:
        conditions.append(figure.c.commodity_id == commodity)
    return select(figure).where(*conditions).subquery(name)


def period_columns(
    figure: FromClause, cells: FromClause, scope: QueryScope, *, prefix: str, months_back: int
) -> Mapping[str, SqlExpression]:
    """Return the columns of a figure `months_back` months before a cell, by name, which begins with `prefix`.

    `figure` is joined to `cells` and has no row where there is no figure. The value is 0 in that case if the dataset is
    exhaustive, covers the series, and was published for the period.
    """
    published = published_months(scope, cells.c.flow, cells.c.period - months_back)
    no_trade = figure.c.obs_status.is_(None) & published.is_not(None)
    if scope.editions is not None:
        no_trade &= not_(is_series_break(cells, scope, months_back=months_back))
    if scope.editions is not None and scope.has_unreported_commodities:
        no_trade &= not_(matches_any_key(cells.c.commodity_id, scope.unreported_commodities))
    if scope.has_area_changes:
        no_trade &= not_(is_outside_lifetime(cells, scope, months_back=months_back))
    if COVERAGE_COLUMN in cells.c:
        no_trade &= cells.c[COVERAGE_COLUMN]
    value: SqlExpression = case((no_trade, 0), else_=figure.c.value) if scope.exhaustive else figure.c.value
    months = published if scope.exhaustive else figure.c.months
    derived = {"value": value, "months": months, "members": figure.c[compared_members_column(scope)]}
    return {f"{prefix}{name}": derived.get(name, figure.c[name]) for name in period_figure_columns(figure)}


def comparable_total(total: FromClause, scope: QueryScope, *, months: SqlExpression) -> SqlExpression:
    """Return the value of a total, to which figures of `months` published months are compared.

    It is null where parts of the total are unknown. In a dataset that is not exhaustive it is also null where the total
    has another number of months.
    """
    value = exact_value(total.c.value, total.c.obs_status)
    if scope.exhaustive or not scope.aggregates_periods:
        return value
    return case((total.c.months == months, value))


def _range_scan(cells: FromClause, figures: Figures, *, name: str, months_back: int) -> FromClause:
    """Return the figures `months_back` months before `cells`, of each partner from its first commodity to its last.

    One scan of an index range takes a tenth of the time of looking up its rows one by one.
    """
    figure = figures.alias(f"{name}_figure")
    key = cells.c.period, cells.c.flow, cells.c.partner_id
    first, last = func.min(cells.c.commodity_id).label("first"), func.max(cells.c.commodity_id).label("last")
    commodity_range = select(*key, first, last).group_by(*key).subquery(f"{name}_range")
    is_in_range = and_(
        figure.c.period == commodity_range.c.period - months_back,
        figure.c.flow == commodity_range.c.flow,
        figure.c.partner_id == commodity_range.c.partner_id,
        figure.c.commodity_id.between(commodity_range.c.first, commodity_range.c.last),
    )
    return select(figure).select_from(commodity_range.join(figure, is_in_range)).subquery(name)


def apply_joins(
    query: Query, cells: FromClause, joins: Sequence[BaseJoin], *, used_tables: Collection[FromClause]
) -> Query:
    """Select the columns of `query` from `cells`, joined to the tables of `joins` that are among `used_tables`."""
    needed = [join for join in joins if join.table in used_tables]
    source = cells
    for join in needed:
        source = source.outerjoin(join.table, join.condition, full=join.is_full)
    if not any(join.is_full for join in needed):
        return query.select_from(source)
    return query.select_from(source).where(has_cell(cells))


def has_cell(cells: FromClause) -> SqlExpression:
    """Return the SQL condition that a row of a full join has a cell.

    It is written with `coalesce` because PostgreSQL would otherwise replace the full join by a left join. Its planner
    expects one row of a page of any size, and would choose a nested loop for the left join.
    """
    return func.coalesce(cells.c.period, 0) > 0


def referenced_tables(columns: Collection[SqlExpression]) -> Collection[FromClause]:
    """Return the tables whose columns appear in any of the expressions."""
    return {element.table for element in referenced_columns(columns) if element.table is not None}


def referenced_columns(columns: Collection[SqlExpression]) -> list[ColumnClause[object]]:
    """Return the columns that appear in any of the expressions."""
    return [
        element
        for column in columns
        for element in iterate(cast("ExternallyTraversible", column))
        if isinstance(element, ColumnClause)
    ]


def matches_cell(
    figure: FromClause,
    cells: FromClause,
    *,
    period: SqlExpression,
    partner: int | None = None,
    commodity: int | None = None,
) -> SqlExpression:
    """Return the SQL condition that `figure` is of the flow, partner and commodity of a cell, and of `period`.

    `partner` or `commodity`, where not null, is the key to match instead of that of the cell, such as that of the
    World.
    """
    return and_(
        figure.c.flow == cells.c.flow,
        figure.c.partner_id == (cells.c.partner_id if partner is None else partner),
        figure.c.commodity_id == (cells.c.commodity_id if commodity is None else commodity),
        figure.c.period == period,
    )

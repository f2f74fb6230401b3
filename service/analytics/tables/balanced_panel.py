"""Balanced panel: a row for each requested key, with or without a figure, and zeros where there was no trade."""

from sqlalchemy import (
    CTE,
    FromClause,
    Integer,
    SmallInteger,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
)

from service.analytics.figures.area_changes import is_outside_lifetime
from service.analytics.figures.edition_conditions import is_series_break, is_unknown_commodity
from service.analytics.figures.group_membership import group_exists
from service.analytics.figures.source import MEMBER_COLUMNS, OBSERVATION_COLUMNS, Figures, published_months
from service.analytics.measures.growth_columns import COVERAGE_COLUMN, UNCONVERTED_COLUMN
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import array_parameter, matches_any_key, single_key
from service.analytics.sql.types import Query, SqlExpression
from service.analytics.tables.base_joins import has_cell, matches_cell
from service.analytics.tables.paged_table import requested_commodity_ids

CELL_KEY_COLUMNS = ("flow", "partner_id", "commodity_id", "period")


def requested_series(scope: QueryScope) -> Query:
    """Select flow, partner_id and commodity_id of each requested series, whether or not it has figures."""
    if scope.is_single_series:
        flow, partner = single_key(scope.flows, SmallInteger), single_key(scope.partners, SmallInteger)
        return select(
            flow.label("flow"),
            partner.label("partner_id"),
            single_key(scope.commodity_keys, Integer).label("commodity_id"),
        )
    flows, partners = _key_table("flow", scope.flows), _key_table("partner_id", scope.partners)
    commodities = requested_commodity_ids(scope).subquery("commodity")
    combinations = flows.join(partners, literal(True)).join(commodities, literal(True))
    columns = flows.c.flow, partners.c.partner_id, commodities.c.id.label("commodity_id")
    return select(*columns).select_from(combinations)


def series_period_grid(series: FromClause, scope: QueryScope, first_period: int, last_period: int) -> FromClause:
    """Return each row of `series` with each `period` from the first to the last, both inclusive."""
    number = (
        func.generate_series(cast(first_period, Integer), cast(last_period, Integer), scope.period_months)
        .table_valued("number")
        .render_derived(name="month")
    )
    period = cast(number.c.number, SmallInteger).label("period")
    return select(series, period).select_from(series.join(number, literal(True))).subquery("grid")


def panel_cells(grid: FromClause, scope: QueryScope, figures: Figures, *, name: str) -> CTE:
    """Return the rows of `grid`, a table with CELL_KEY_COLUMNS, each with the columns of its figure.

    Where there is no figure, the value is 0 if the dataset is exhaustive, covers the series, and was published for the
    period; else null. `is_covered` says whether the dataset covers the series.
    """
    figure, published = _panel_figures(figures, scope, name), published_months(scope, grid.c.flow, grid.c.period)
    is_covered = absence_is_zero(grid, scope) if scope.exhaustive else _is_reported(figure, grid, scope, figures, name)
    no_trade = figure.c.obs_status.is_(None) & published.is_not(None) & absence_is_zero(grid, scope)
    if scope.editions is not None:
        no_trade &= not_(is_series_break(grid, scope, months_back=0))
    if scope.has_area_changes:
        no_trade &= not_(is_outside_lifetime(grid, scope))
    return (
        select(
            *grid.c,
            case((no_trade, 0), else_=figure.c.value).label("value"),
            *carried_figure_columns(figure),
            figure.c.months,
            is_covered.label(COVERAGE_COLUMN),
        )
        .select_from(
            grid.outerjoin(figure, matches_cell(figure, grid, period=grid.c.period), full=figures.is_aggregated)
        )
        .where(*([has_cell(grid)] if figures.is_aggregated else []))
        .cte(name)
    )


def _panel_figures(figures: Figures, scope: QueryScope, name: str) -> FromClause:
    """Return the figures of a panel; of sums those of the requested partners, as a full join keeps all."""
    figure = figures.alias(f"{name}_figure")
    if not figures.is_aggregated:
        return figure
    return select(figure).where(matches_any_key(figure.c.partner_id, scope.partners)).subquery(f"{name}_requested")


def carried_figure_columns(figure: FromClause) -> list[SqlExpression]:
    """Return the columns of a figure that a row of a panel has unchanged: all but the key, the value and the months."""
    names = [name for name in (*OBSERVATION_COLUMNS, *MEMBER_COLUMNS) if name not in {*CELL_KEY_COLUMNS, "value"}]
    return [figure.c[name] for name in (*names, *([UNCONVERTED_COLUMN] if UNCONVERTED_COLUMN in figure.c else []))]


def absence_is_zero(cells: FromClause, scope: QueryScope) -> SqlExpression:
    """Return the SQL condition that a missing figure of a published period means no trade, not an unknown value."""
    conditions: list[SqlExpression] = [literal(scope.exhaustive)]
    if scope.has_unreported_commodities:
        conditions.append(not_(matches_any_key(cells.c.commodity_id, scope.unreported_commodities)))
    if scope.has_groups:
        conditions.append(group_exists(cells.c.partner_id, cells.c.period, scope))
    if scope.editions is not None:
        conditions.append(not_(is_unknown_commodity(cells, scope)))
    return and_(*conditions)


def _is_reported(figure: FromClause, grid: FromClause, scope: QueryScope, figures: Figures, name: str) -> SqlExpression:
    """Return whether a selection has a figure of the series in any period, and the group, if it is one, exists."""
    names = ("flow", "partner_id", "commodity_id")
    is_in_any_period: SqlExpression
    if figures.is_aggregated:
        series = figures.reported_series(f"{name}_reported_series")
        is_in_any_period = tuple_(*(grid.c[key] for key in names)).in_(select(series))
    else:
        any_figure = figures.alias(f"{name}_any_period")
        is_in_any_period = exists().where(*(any_figure.c[key] == grid.c[key] for key in names)).correlate(grid)
    is_reported = or_(figure.c.obs_status.is_not(None), is_in_any_period)
    if not scope.has_groups:
        return is_reported
    return is_reported & group_exists(grid.c.partner_id, grid.c.period, scope)


def _key_table(name: str, keys: tuple[int, ...]) -> FromClause:
    key = func.unnest(array_parameter(keys, SmallInteger), type_=SmallInteger)
    return select(key.label(name)).subquery(f"requested_{name}")

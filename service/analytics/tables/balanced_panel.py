"""Balanced panel: a row for each requested key, whether or not it has a figure, with zeros and gaps."""

from sqlalchemy import CTE, FromClause, Integer, SmallInteger, case, cast, func, literal, not_, select

from service.analytics.figures.source import OBSERVATION_COLUMNS, Figures, published_months
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import array_parameter, matches_any_key, single_key
from service.analytics.sql.types import Query, SqlExpression
from service.analytics.tables.base_joins import matches_cell
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
    """Return the rows of `series`, each with every `period` from the first to the last, both inclusive."""
    number = (
        func.generate_series(cast(first_period, Integer), cast(last_period, Integer), scope.period_months)
        .table_valued("number")
        .render_derived(name="month")
    )
    period = cast(number.c.number, SmallInteger).label("period")
    return select(series, period).select_from(series.join(number, literal(True))).subquery("grid")


def panel_cells(grid: FromClause, scope: QueryScope, figures: Figures, *, name: str) -> CTE:
    """Return the rows of `grid`, a table with CELL_KEY_COLUMNS, each with the columns of its figure.

    Without a figure the value is 0 where the dataset is exhaustive and published for the period, else null.
    """
    figure, published = figures.alias(f"{name}_figure"), published_months(scope, grid.c.flow, grid.c.period)
    no_trade = figure.c.obs_status.is_(None) & published.is_not(None) & covers_commodity(grid.c.commodity_id, scope)
    figure_columns = [
        figure.c[name]
        for name in (*OBSERVATION_COLUMNS, "months", "members")
        if name not in {*CELL_KEY_COLUMNS, "value"}
    ]
    return (
        select(*grid.c, case((no_trade, 0), else_=figure.c.value).label("value"), *figure_columns)
        .select_from(grid.outerjoin(figure, matches_cell(figure, grid, period=grid.c.period)))
        .cte(name)
    )


def covers_commodity(commodity: SqlExpression, scope: QueryScope) -> SqlExpression:
    """Return whether a cell of a commodity without a figure had no trade, rather than being unknown."""
    is_exhaustive = literal(scope.exhaustive)
    return (
        is_exhaustive & not_(matches_any_key(commodity, scope.unreported_commodities))
        if scope.has_unreported_commodities
        else is_exhaustive
    )


def _key_table(name: str, keys: tuple[int, ...]) -> FromClause:
    key = func.unnest(array_parameter(keys, SmallInteger), type_=SmallInteger)
    return select(key.label(name)).subquery(f"requested_{name}")

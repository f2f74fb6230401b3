"""Whole series, period by period, with what each period is compared with.

The figures of a series, of the World and of all goods lie side by side in one row for each period, gaps included: a
base is then the row a year before, and nothing is looked up for each row.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Boolean,
    FromClause,
    Label,
    case,
    cast,
    func,
    literal,
    literal_column,
    not_,
    null,
    select,
    union,
)

from service.analytics.figures.source import OBSERVATION_COLUMNS, Figures, published_months
from service.analytics.measures.growth import currency_amount
from service.analytics.measures.growth_columns import (
    BASE_PREFIX,
    PERIOD_FIGURE_COLUMNS,
    PREVIOUS_PREFIX,
    TOTAL_COLUMNS,
    base_figure,
    comparable_change,
    growth_columns,
    membership_changed,
    period_figure,
)
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import ColumnFilter, Query, SqlExpression, sql_type
from service.analytics.tables.balanced_panel import (
    CELL_KEY_COLUMNS,
    covers_commodity,
    requested_series,
    series_period_grid,
)
from service.analytics.tables.base_joins import matches_cell

SERIES_KEY_COLUMNS = ("flow", "partner_id", "commodity_id")
GROWTH_STATUS_COLUMNS = ("yoy_status", "pop_status")
PARTNER_SHARE_COLUMNS = ("partner_share_pct", "partner_contribution_pp")
COMMODITY_SHARE_COLUMNS = ("commodity_share_pct", "commodity_contribution_pp")


def series_key(cells: FromClause, scope: QueryScope) -> list[SqlExpression]:
    """Return the columns that tell which series a row belongs to; none where there is one series."""
    return [] if scope.is_single_series else [cells.c[name] for name in SERIES_KEY_COLUMNS]


def series_page(page: Page, scope: QueryScope) -> Page:
    """Return the page in an order without what is the same in all rows, of one series, for that needs a sort."""
    if not scope.is_single_series:
        return page
    at = [number for number, order in enumerate(page.orders) if order.column not in SERIES_KEY_COLUMNS]
    return replace(
        page,
        orders=tuple(page.orders[number] for number in at),
        cursor_values=page.cursor_values and tuple(page.cursor_values[number] for number in at),
        columns=None if page.columns is None else page.columns.union(SERIES_KEY_COLUMNS),
    )


def time_series(scope: QueryScope, figures: Figures, *, is_needed: ColumnFilter, span: tuple[int, int]) -> CTE:
    """Return a row for each of the series asked for and each period from the first to the last of `span`, in order.

    With the columns of the figure, `world` and `total`, the values of the World and of all goods, null where no column
    that is made of them is needed, and `printed`, in a selection whether there is any figure of the series. The value
    is 0 where an exhaustive dataset that was published for the period has none, else null.
    """
    # One series is written out, for its keys then stand in each condition; of several, the keys are found once.
    asked = (
        requested_series(scope).subquery("series") if scope.is_single_series else requested_series(scope).cte("series")
    )
    found = _series_and_total_figures(asked, scope, figures, is_needed=is_needed, span=span)
    own = found["own"]
    grid = series_period_grid(asked, scope, *span)
    published = published_months(scope, grid.c.flow, grid.c.period)
    no_trade = own.c.obs_status.is_(None) & published.is_not(None) & covers_commodity(grid.c.commodity_id, scope)
    carried = [own.c[name] for name in (*OBSERVATION_COLUMNS, "members") if name not in {*CELL_KEY_COLUMNS, "value"}]
    beside: FromClause = grid
    for name, figure in found.items():
        beside = beside.outerjoin(figure, matches_cell(figure, grid, period=grid.c.period, **_total_keys(name, scope)))
    return (
        select(
            *grid.c,
            case((no_trade, 0), else_=own.c.value).label("value"),
            *carried,
            (published if scope.exhaustive else own.c.months).label("months"),
            *(
                found[name].c.value.label(name) if name in found else cast(null(), BigInteger).label(name)
                for name in TOTAL_COLUMNS
            ),
            _is_series_reported(own, grid, scope).label("printed"),
        )
        .select_from(beside)
        .order_by(*series_key(grid, scope), grid.c.period)
        .offset(literal_column("0"))  # else each column would be computed anew wherever it is used
        .cte("cell")
    )


def _is_series_reported(figure: FromClause, grid: FromClause, scope: QueryScope) -> SqlExpression:
    """Return whether there is any figure of a series; null in an exhaustive dataset, where it is not asked."""
    if scope.exhaustive:
        return cast(null(), Boolean)
    return func.count(figure.c.period).over(partition_by=series_key(grid, scope)) > 0


def _series_and_total_figures(
    series_keys: FromClause, scope: QueryScope, figures: Figures, *, is_needed: ColumnFilter, span: tuple[int, int]
) -> dict[str, FromClause]:
    """Return the figures of the series `asked`, of the World and of all goods, of these two where they are needed."""
    made_of = {"world": PARTNER_SHARE_COLUMNS, "total": COMMODITY_SHARE_COLUMNS}
    wanted = ["own", *(name for name, columns in made_of.items() if any(map(is_needed, columns)))]
    series = {name: _series_keys(series_keys, _total_keys(name, scope)) for name in wanted}
    if scope.is_single_series:
        return {
            name: figures.figures_for_series(
                one.subquery(f"{name}_asked"), name=f"of_{name}", is_needed=is_needed, span=span
            )
            for name, one in series.items()
        }
    # A stretch of the index for each series, of whichever of the three: joined apart, whole partners would be read.
    needed = union(*series.values()).cte("needed")
    figure = select(figures.figures_for_series(needed, name="found", is_needed=is_needed, span=span)).cte("figure")
    return {name: figure.alias(f"of_{name}") for name in wanted}


def _total_keys(name: str, scope: QueryScope) -> dict[str, int]:
    """Return what the figures of that name have in the place of the partner or commodity of a series."""
    return {"world": {"partner": scope.world_id}, "total": {"commodity": scope.total_id}}.get(name, {})


def _series_keys(series: FromClause, total_keys: dict[str, int]) -> Query:
    """Select the keys of the series `asked`, with those of `whole` in the place of their own."""
    keys = {name: series.c[name] for name in SERIES_KEY_COLUMNS}
    keys |= {f"{part}_id": literal(key, sql_type(series.c[f"{part}_id"])) for part, key in total_keys.items()}
    return select(*(key.label(name) for name, key in keys.items()))


def lagged_columns(cell: CTE, scope: QueryScope) -> list[SqlExpression]:
    """Return the columns of COMPARED of the year before and of the period before; null where the series has no such."""

    def lag(name: str, periods: int) -> SqlExpression:
        return func.lag(cell.c[name], periods).over(partition_by=series_key(cell, scope), order_by=cell.c.period)

    names = {
        BASE_PREFIX: (scope.periods_per_year, (*PERIOD_FIGURE_COLUMNS, *TOTAL_COLUMNS)),
        PREVIOUS_PREFIX: (1, PERIOD_FIGURE_COLUMNS),
    }
    return [lag(name, periods).label(f"{prefix}{name}") for prefix, (periods, own) in names.items() for name in own]


def series_growth_columns(cells: FromClause, scope: QueryScope) -> list[SqlExpression]:
    """Return value, growth, share and contribution of cells that stand beside their `bases`."""
    columns = growth_columns(cells, scope)
    return [
        currency_amount(cells.c.value, scope.unit_multiplier).label("value"),
        *(_mark_not_covered(column, cells, scope) for column in columns),
    ]


def series_change(cells: FromClause, scope: QueryScope) -> SqlExpression:
    """Return the change over the year before, in stored units; null where the two cannot be compared."""
    return comparable_change(period_figure(cells, scope), base=base_figure(cells, scope))


def series_membership_changed(cells: FromClause, scope: QueryScope) -> SqlExpression | None:
    """Return whether the sum of a group is of other members than the year before; null where none can be."""
    return membership_changed(period_figure(cells, scope), base=base_figure(cells, scope))


def _mark_not_covered(column: Label[Any], cells: FromClause, scope: QueryScope) -> SqlExpression:
    """Return a status as `not_covered` where the dataset prints no such series, and does not say that it is zero."""
    if column.name not in GROWTH_STATUS_COLUMNS or (scope.exhaustive and not scope.has_unreported_commodities):
        return column
    covered = (
        not_(matches_any_key(cells.c.commodity_id, scope.unreported_commodities))
        if scope.exhaustive
        else cells.c.printed
    )
    return case((covered, column.element), else_="not_covered").label(column.name)

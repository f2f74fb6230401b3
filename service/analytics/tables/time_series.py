"""Time series: a row for each period of a series, gaps included, with the figures that the row is compared with.

The figures of a series, of the World and of all commodities are joined once for the whole series. The base of a row is
then the row a year earlier, without a lookup for each row.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
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

from service.analytics.figures.area_changes import is_outside_lifetime
from service.analytics.figures.edition_conditions import is_series_break
from service.analytics.figures.group_membership import group_exists
from service.analytics.figures.source import Figures, published_months
from service.analytics.measures.growth import currency_amount
from service.analytics.measures.growth_columns import (
    BASE_PREFIX,
    COVERAGE_COLUMN,
    PERIOD_FIGURE_COLUMNS,
    PREVIOUS_PREFIX,
    TOTAL_COLUMNS,
    TWO_YEAR_COLUMNS,
    TWO_YEAR_MONTHS,
    TWO_YEAR_PREFIX,
    base_figure,
    comparable_change,
    compared_members_column,
    growth_columns,
    membership_changed,
    period_figure,
    period_figure_columns,
)
from service.analytics.measures.unit_values import QUANTITY_COLUMNS, UNIT_VALUE_COLUMNS
from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import ColumnFilter, Query, SqlExpression, sql_type
from service.analytics.tables.balanced_panel import (
    absence_is_zero,
    carried_figure_columns,
    requested_series,
    series_period_grid,
)
from service.analytics.tables.base_joins import comparable_total, matches_cell, period_columns
from service.domain.frequencies import MONTHS_PER_YEAR

SERIES_KEY_COLUMNS = ("flow", "partner_id", "commodity_id")
PARTNER_SHARE_COLUMNS = ("partner_share_pct", "partner_contribution_pp")
PREVIOUS_PERIOD_COLUMNS = ("pop_pct", "pop_status")
COMMODITY_SHARE_COLUMNS = ("commodity_share_pct", "commodity_contribution_pp")


def series_key(cells: FromClause, scope: QueryScope) -> list[SqlExpression]:
    """Return the columns that identify the series of a row; an empty list if there is a single series."""
    return [] if scope.is_single_series else [cells.c[name] for name in SERIES_KEY_COLUMNS]


def series_page(page: Page, scope: QueryScope) -> Page:
    """Return the page without the sort columns that are the same in all rows of a single series."""
    if not scope.is_single_series:
        return page
    positions = [number for number, order in enumerate(page.orders) if order.column not in SERIES_KEY_COLUMNS]
    return replace(
        page,
        orders=tuple(page.orders[number] for number in positions),
        cursor_values=page.cursor_values and tuple(page.cursor_values[number] for number in positions),
        columns=None if page.columns is None else page.columns.union(SERIES_KEY_COLUMNS),
    )


def time_series(scope: QueryScope, figures: Figures, *, is_needed: ColumnFilter, span: tuple[int, int]) -> CTE:
    """Return a CTE with a row for each requested series and each period from the first to the last of `span`, in order.

    A row has the columns of its figure, and `world` and `total`, the values of the World and of all commodities, null
    where `is_needed` returns true for no column that depends on them. It has `is_covered` where the dataset may not
    cover a series. Where the base of a row is not the row a year earlier (see `QueryScope.has_dated_bases`), it also
    has the columns of the periods that it is compared with. Where there is no figure, the value is 0 if the dataset is
    exhaustive, covers the series, and was published for the period; else null.
    """
    # A single series is written out, so that its keys are constants of each condition; several are evaluated once.
    series = (
        requested_series(scope).subquery("series") if scope.is_single_series else requested_series(scope).cte("series")
    )
    tables = _series_tables(series, scope, figures, is_needed=is_needed, span=span)
    figure, grid = tables["figure"], _covered_grid(series, scope, span)
    published = published_months(scope, grid.c.flow, grid.c.period)
    is_zero = grid.c[COVERAGE_COLUMN] if COVERAGE_COLUMN in grid.c else literal(scope.exhaustive)
    no_trade = figure.c.obs_status.is_(None) & published.is_not(None) & is_zero
    if scope.editions is not None:
        no_trade &= not_(is_series_break(grid, scope, months_back=0))
    if scope.has_area_changes:
        no_trade &= not_(is_outside_lifetime(grid, scope))
    source: FromClause = grid
    for name, table in tables.items():
        months_back = _months_back(name, scope)
        source = source.outerjoin(
            table, matches_cell(table, grid, period=grid.c.period - months_back, **_total_keys(name, scope))
        )
    return (
        select(
            *grid.c,
            case((no_trade, 0), else_=figure.c.value).label("value"),
            *carried_figure_columns(figure),
            (published if scope.exhaustive else figure.c.months).label("months"),
            *(
                comparable_total(tables[name], scope, months=figure.c.months).label(name)
                if name in tables
                else cast(null(), BigInteger).label(name)
                for name in TOTAL_COLUMNS
            ),
            *_selection_coverage(figure, grid, scope),
            *_dated_group_columns(tables, grid, scope, is_needed=is_needed),
        )
        .select_from(source)
        .order_by(*series_key(grid, scope), grid.c.period)
        .offset(literal_column("0"))  # OFFSET 0 keeps PostgreSQL from computing an expression again at each use
        .cte("cell")
    )


def _covered_grid(series: FromClause, scope: QueryScope, span: tuple[int, int]) -> FromClause:
    """Return the rows of the series, with `is_covered` where an exhaustive dataset may not cover one of them."""
    grid = series_period_grid(series, scope, *span)
    has_exceptions = scope.has_unreported_commodities or scope.has_groups or scope.editions is not None
    if not scope.exhaustive or not has_exceptions:
        return grid
    return select(*grid.c, absence_is_zero(grid, scope).label(COVERAGE_COLUMN)).subquery("covered_grid")


def _selection_coverage(figure: FromClause, grid: FromClause, scope: QueryScope) -> list[SqlExpression]:
    """Return `is_covered` of a selection, true where it has a figure of the series; nothing for another dataset."""
    if scope.exhaustive:
        return []
    is_covered = func.count(figure.c.period).over(partition_by=series_key(grid, scope)) > 0
    if scope.has_groups:
        is_covered &= group_exists(grid.c.partner_id, grid.c.period, scope)
    return [is_covered.label(COVERAGE_COLUMN)]


def _dated_group_columns(
    tables: Mapping[str, FromClause], grid: FromClause, scope: QueryScope, *, is_needed: ColumnFilter
) -> list[Label[Any]]:
    """Return the columns of the periods that groups with a dated composition are compared with.

    They are sums over the members of the row's period, which no other row of the series holds.
    """
    if not scope.has_dated_bases:
        return []
    columns: dict[str, SqlExpression] = {}
    for prefix, months_back in _comparison_periods(scope).items():
        if prefix not in tables:
            continue
        columns |= period_columns(tables[prefix], grid, scope, prefix=prefix, months_back=months_back)
    if any(map(is_needed, UNIT_VALUE_COLUMNS)):
        columns |= {f"{BASE_PREFIX}{name}": tables[BASE_PREFIX].c[name] for name in QUANTITY_COLUMNS}
    for base_total in (f"{BASE_PREFIX}{name}" for name in TOTAL_COLUMNS):
        if base_total in tables:
            base_months = columns[f"{BASE_PREFIX}months"]
            columns[base_total] = comparable_total(tables[base_total], scope, months=base_months)
    return [column.label(name) for name, column in columns.items()]


def _comparison_periods(scope: QueryScope) -> dict[str, int]:
    """Return the prefixes of the columns of periods that a row is compared with, and how many months before it."""
    return {BASE_PREFIX: MONTHS_PER_YEAR, PREVIOUS_PREFIX: scope.period_months, TWO_YEAR_PREFIX: TWO_YEAR_MONTHS}


def _months_back(table_name: str, scope: QueryScope) -> int:
    """Return how many months before the row the period of a joined table is."""
    return next((months for prefix, months in _comparison_periods(scope).items() if table_name.startswith(prefix)), 0)


def _series_tables(
    series_keys: FromClause, scope: QueryScope, figures: Figures, *, is_needed: ColumnFilter, span: tuple[int, int]
) -> dict[str, FromClause]:
    """Return the tables that the rows of a series are joined to, by name.

    They are the figures of the series, those of the World and of all commodities where these are needed, and of groups
    with a dated composition those of the periods that a row is compared with.
    """
    share_columns = {"world": PARTNER_SHARE_COLUMNS, "total": COMMODITY_SHARE_COLUMNS}
    names = ["figure", *(name for name, columns in share_columns.items() if any(map(is_needed, columns)))]
    if scope.has_dated_bases:
        # In a selection the row a year earlier may lack months that the members of this row have.
        dated_totals = ("total",) if scope.editions is None and scope.exhaustive else TOTAL_COLUMNS
        bases = [f"{BASE_PREFIX}{name}" for name in dated_totals if name in names]
        optional = {PREVIOUS_PREFIX: PREVIOUS_PERIOD_COLUMNS, TWO_YEAR_PREFIX: TWO_YEAR_COLUMNS}
        compared = [prefix for prefix, columns in optional.items() if any(map(is_needed, columns))]
        names += [BASE_PREFIX, *compared, *bases]
    series = {name: _series_keys(series_keys, _total_keys(name, scope)) for name in names}
    if scope.is_single_series:
        return {
            name: figures.figures_for_series(
                keys.subquery(f"{name}_series"),
                name=f"{name}_figures",
                is_needed=is_needed,
                span=span,
                membership_offset=_months_back(name, scope),
            )
            for name, keys in series.items()
        }
    # One index range for each series of any table: with a scan for each table PostgreSQL would read whole partners.
    tables: dict[str, FromClause] = {}
    for offset in dict.fromkeys(_months_back(name, scope) for name in names):
        needed = union(*(keys for name, keys in series.items() if _months_back(name, scope) == offset)).cte(
            f"needed_{offset}"
        )
        table = select(
            figures.figures_for_series(
                needed, name=f"series_figure_{offset}", is_needed=is_needed, span=span, membership_offset=offset
            )
        ).cte(f"series_figures_{offset}")
        tables |= {name: table.alias(f"{name}_figures") for name in names if _months_back(name, scope) == offset}
    return {name: tables[name] for name in names}


def _total_keys(name: str, scope: QueryScope) -> dict[str, int]:
    """Return the keys that replace the partner or the commodity of a series in a joined table."""
    total_keys = {"world": {"partner": scope.world_id}, "total": {"commodity": scope.total_id}}
    return total_keys.get(name.removeprefix(BASE_PREFIX), {})


def _series_keys(series: FromClause, total_keys: dict[str, int]) -> Query:
    """Select the keys of the series, with the World or the total instead of the partner or the commodity."""
    keys = {name: series.c[name] for name in SERIES_KEY_COLUMNS}
    keys |= {f"{part}_id": literal(key, sql_type(series.c[f"{part}_id"])) for part, key in total_keys.items()}
    return select(*(key.label(name) for name, key in keys.items()))


def lagged_columns(cell: CTE, scope: QueryScope, *, is_needed: ColumnFilter) -> list[SqlExpression]:
    """Return the columns of the periods that a row is compared with, read from earlier rows of the series.

    They are those of COMPARISON_COLUMNS and, if a needed column depends on them, the quantity of the base and the
    columns of the period two years before. Columns that `cell` has already are left out.
    """

    def lag(name: str, periods: int) -> SqlExpression:
        column = compared_members_column(scope) if name == "members" else name
        return func.lag(cell.c[column], periods).over(partition_by=series_key(cell, scope), order_by=cell.c.period)

    names = {
        BASE_PREFIX: (scope.periods_per_year, (*period_figure_columns(cell), *TOTAL_COLUMNS)),
        PREVIOUS_PREFIX: (1, PERIOD_FIGURE_COLUMNS),
    }
    if any(map(is_needed, UNIT_VALUE_COLUMNS)):
        names[BASE_PREFIX] = (scope.periods_per_year, (*names[BASE_PREFIX][1], *QUANTITY_COLUMNS))
    if any(map(is_needed, TWO_YEAR_COLUMNS)):
        names[TWO_YEAR_PREFIX] = (2 * scope.periods_per_year, PERIOD_FIGURE_COLUMNS)
    return [
        lag(name, periods).label(f"{prefix}{name}")
        for prefix, (periods, columns) in names.items()
        for name in columns
        if f"{prefix}{name}" not in cell.c
    ]


def series_growth_columns(cells: FromClause, scope: QueryScope) -> list[SqlExpression]:
    """Return the columns of value, growth, share and contribution of rows that have COMPARISON_COLUMNS."""
    return [currency_amount(cells.c.value, scope.unit_multiplier).label("value"), *growth_columns(cells, scope)]


def series_change(cells: FromClause, scope: QueryScope) -> SqlExpression:
    """Return the change from a year earlier, in stored units; null where the periods cannot be compared."""
    return comparable_change(period_figure(cells, scope), base=base_figure(cells, scope))


def series_membership_changed(cells: FromClause, scope: QueryScope) -> SqlExpression | None:
    """Return the SQL condition that a group and its base are sums over different members; null if they cannot be."""
    return membership_changed(period_figure(cells, scope), base=base_figure(cells, scope))

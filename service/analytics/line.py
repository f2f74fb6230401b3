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
)

from service.analytics.beside import same_cell
from service.analytics.expressions import Expression, Needs, Rows, type_of
from service.analytics.figures import COLUMNS, Figures, months_published
from service.analytics.grid import KEY, every_period, is_covered, series_asked
from service.analytics.growth import in_units
from service.analytics.growth_columns import (
    BASE,
    BEFORE,
    ENDS,
    WHOLES,
    base_end,
    change_of,
    end,
    growth_columns,
    have_other_members,
)
from service.analytics.keys import one_of
from service.analytics.ordering import Page
from service.analytics.scope import Scope

SERIES = ("flow", "partner_id", "commodity_id")
STATUS_COLUMNS = ("yoy_status", "pop_status")
OF_THE_WORLD = ("partner_share_pct", "partner_contribution_pp")
OF_ALL_GOODS = ("commodity_share_pct", "commodity_contribution_pp")


def series_of(rows: FromClause, scope: Scope) -> list[Expression]:
    """Return the columns that tell which series a row belongs to; none where there is one series."""
    return [] if scope.is_one_series else [rows.c[name] for name in SERIES]


def page_of_line(page: Page, scope: Scope) -> Page:
    """Return the page in an order without what is the same in all rows, of one series, for that needs a sort."""
    if not scope.is_one_series:
        return page
    at = [number for number, order in enumerate(page.orders) if order.column not in SERIES]
    return replace(
        page,
        orders=tuple(page.orders[number] for number in at),
        after=page.after and tuple(page.after[number] for number in at),
        columns=None if page.columns is None else page.columns.union(SERIES),
    )


def every_cell(scope: Scope, figures: Figures, *, needs: Needs) -> CTE:
    """Return a row for each of the series asked for and each period from the first to the last published, in order.

    With the columns of the figure, `world` and `total`, the values of the World and of all goods, null where no column
    that is made of them is needed, and `printed`, in a selection whether there is any figure of the series. The value
    is 0 where an exhaustive dataset that was published for the period has none, else null.
    """
    # One series is written out, for its keys then stand in each condition; of several, the keys are found once.
    asked = series_asked(scope).subquery("series") if scope.is_one_series else series_asked(scope).cte("series")
    own = figures.of_series(asked, name="own", needs=needs)
    first, last = scope.span
    grid = every_period(asked, scope, first, last)
    published = months_published(scope, grid.c.flow, grid.c.period)
    no_trade = own.c.obs_status.is_(None) & published.is_not(None) & is_covered(grid.c.commodity_id, scope)
    carried = [own.c[name] for name in (*COLUMNS, "members") if name not in {*KEY, "value"}]
    with_own = grid.outerjoin(own, same_cell(own, grid, period=grid.c.period))
    wholes, beside = _with_wholes(with_own, asked, grid, scope, figures, needs=needs)
    return (
        select(
            *grid.c,
            case((no_trade, 0), else_=own.c.value).label("value"),
            *carried,
            (published if scope.exhaustive else own.c.months).label("months"),
            *wholes,
            _is_printed(own, grid, scope).label("printed"),
        )
        .select_from(beside)
        .order_by(*series_of(grid, scope), grid.c.period)
        .offset(literal_column("0"))  # else each column would be computed anew wherever it is used
        .cte("cell")
    )


def _is_printed(own: FromClause, grid: FromClause, scope: Scope) -> Expression:
    """Return whether there is any figure of a series; null in an exhaustive dataset, where it is not asked."""
    if scope.exhaustive:
        return cast(null(), Boolean)
    return func.count(own.c.period).over(partition_by=series_of(grid, scope)) > 0


def _with_wholes(
    beside: FromClause, asked: FromClause, grid: FromClause, scope: Scope, figures: Figures, *, needs: Needs
) -> tuple[list[Expression], FromClause]:
    """Return the values of the World and of all goods, and `beside` joined to those of the two that are needed."""
    columns: list[Expression] = []
    for name, part, whole, made_of_it in (
        ("world", "partner", scope.world_id, OF_THE_WORLD),
        ("total", "commodity", scope.total_id, OF_ALL_GOODS),
    ):
        if not any(map(needs, made_of_it)):
            columns.append(cast(null(), BigInteger).label(name))
            continue
        series = _of_whole(asked, f"{part}_id", whole, one=scope.is_one_series).subquery(f"{name}_asked")
        figure = figures.of_series(series, name=f"of_{name}", needs=needs)
        beside = beside.outerjoin(figure, same_cell(figure, grid, period=grid.c.period, **{part: whole}))
        columns.append(figure.c.value.label(name))
    return columns, beside


def _of_whole(asked: FromClause, part: str, whole: int, *, one: bool) -> Rows:
    """Select the series `asked`, each once, with the key of the whole in the column `part`."""
    keys = {name: asked.c[name] for name in SERIES} | {part: literal(whole, type_of(asked.c[part]))}
    series = select(*(key.label(name) for name, key in keys.items()))
    return series if one else series.distinct()


def bases(cell: CTE, scope: Scope) -> list[Expression]:
    """Return the columns of COMPARED of the year before and of the period before; null where the series has no such."""

    def back(name: str, periods: int) -> Expression:
        return func.lag(cell.c[name], periods).over(partition_by=series_of(cell, scope), order_by=cell.c.period)

    names = {BASE: (scope.periods_per_year, (*ENDS, *WHOLES)), BEFORE: (1, ENDS)}
    return [back(name, periods).label(f"{prefix}{name}") for prefix, (periods, own) in names.items() for name in own]


def line_columns(line: FromClause, scope: Scope) -> list[Expression]:
    """Return value, growth, share and contribution of cells that stand beside their `bases`."""
    columns = growth_columns(line, scope)
    return [
        in_units(line.c.value, scope.unit).label("value"),
        *(_unless_not_covered(column, line, scope) for column in columns),
    ]


def line_change(line: FromClause, scope: Scope) -> Expression:
    """Return the change over the year before, in stored units; null where the two cannot be compared."""
    return change_of(end(line, scope), over=base_end(line, scope))


def line_of_other_members(line: FromClause, scope: Scope) -> Expression | None:
    """Return whether the sum of a group is of other members than the year before; null where none can be."""
    return have_other_members(end(line, scope), over=base_end(line, scope))


def _unless_not_covered(column: Label[Any], line: FromClause, scope: Scope) -> Expression:
    """Return a status as `not_covered` where the dataset prints no such series, and does not say that it is zero."""
    if column.name not in STATUS_COLUMNS or (scope.exhaustive and not scope.has_uncovered):
        return column
    covered = not_(one_of(line.c.commodity_id, scope.uncovered)) if scope.exhaustive else line.c.printed
    return case((covered, column.element), else_="not_covered").label(column.name)

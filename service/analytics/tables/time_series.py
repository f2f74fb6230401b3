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

from service.analytics.figures.source import COLUMNS, Figures, months_published
from service.analytics.measures.growth import in_units
from service.analytics.measures.growth_columns import (
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
from service.analytics.scope import Scope
from service.analytics.sql.key_conditions import one_of
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Expression, Needs, Rows, type_of
from service.analytics.tables.balanced_panel import KEY, every_period, is_covered, series_asked
from service.analytics.tables.base_joins import same_cell

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


def every_cell(scope: Scope, figures: Figures, *, needs: Needs, span: tuple[int, int]) -> CTE:
    """Return a row for each of the series asked for and each period from the first to the last of `span`, in order.

    With the columns of the figure, `world` and `total`, the values of the World and of all goods, null where no column
    that is made of them is needed, and `printed`, in a selection whether there is any figure of the series. The value
    is 0 where an exhaustive dataset that was published for the period has none, else null.
    """
    # One series is written out, for its keys then stand in each condition; of several, the keys are found once.
    asked = series_asked(scope).subquery("series") if scope.is_one_series else series_asked(scope).cte("series")
    found = _figures_of(asked, scope, figures, needs=needs, span=span)
    own = found["own"]
    grid = every_period(asked, scope, *span)
    published = months_published(scope, grid.c.flow, grid.c.period)
    no_trade = own.c.obs_status.is_(None) & published.is_not(None) & is_covered(grid.c.commodity_id, scope)
    carried = [own.c[name] for name in (*COLUMNS, "members") if name not in {*KEY, "value"}]
    beside: FromClause = grid
    for name, figure in found.items():
        beside = beside.outerjoin(figure, same_cell(figure, grid, period=grid.c.period, **_whole(name, scope)))
    return (
        select(
            *grid.c,
            case((no_trade, 0), else_=own.c.value).label("value"),
            *carried,
            (published if scope.exhaustive else own.c.months).label("months"),
            *(
                found[name].c.value.label(name) if name in found else cast(null(), BigInteger).label(name)
                for name in WHOLES
            ),
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


def _figures_of(
    asked: FromClause, scope: Scope, figures: Figures, *, needs: Needs, span: tuple[int, int]
) -> dict[str, FromClause]:
    """Return the figures of the series `asked`, of the World and of all goods, of these two where they are needed."""
    made_of = {"world": OF_THE_WORLD, "total": OF_ALL_GOODS}
    wanted = ["own", *(name for name, columns in made_of.items() if any(map(needs, columns)))]
    series = {name: _series(asked, _whole(name, scope)) for name in wanted}
    if scope.is_one_series:
        return {
            name: figures.of_series(one.subquery(f"{name}_asked"), name=f"of_{name}", needs=needs, span=span)
            for name, one in series.items()
        }
    # A stretch of the index for each series, of whichever of the three: joined apart, whole partners would be read.
    needed = union(*series.values()).cte("needed")
    figure = select(figures.of_series(needed, name="found", needs=needs, span=span)).cte("figure")
    return {name: figure.alias(f"of_{name}") for name in wanted}


def _whole(name: str, scope: Scope) -> dict[str, int]:
    """Return what the figures of that name have in the place of the partner or commodity of a series."""
    return {"world": {"partner": scope.world_id}, "total": {"commodity": scope.total_id}}.get(name, {})


def _series(asked: FromClause, whole: dict[str, int]) -> Rows:
    """Select the keys of the series `asked`, with those of `whole` in the place of their own."""
    keys = {name: asked.c[name] for name in SERIES}
    keys |= {f"{part}_id": literal(key, type_of(asked.c[f"{part}_id"])) for part, key in whole.items()}
    return select(*(key.label(name) for name, key in keys.items()))


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

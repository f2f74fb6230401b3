"""Whole series, period by period, with what each period is compared with.

The figures of a series, of the World and of all goods lie side by side in one row for each period, gaps included: a
base is then the row a year before, and nothing is looked up for each row.
"""

from typing import Any

from sqlalchemy import CTE, FromClause, Label, case, func, literal, not_, select, union

from service.analytics.comparison import same_cell
from service.analytics.expressions import Expression, Needs
from service.analytics.figures import COLUMNS, Figures, months_published
from service.analytics.grid import KEY, every_period, is_covered
from service.analytics.growth_columns import End, Wholes, change_of, growth_columns, have_other_members
from service.analytics.keys import one_of
from service.analytics.scope import YEAR, Scope

SERIES = ("flow", "partner_id", "commodity_id")
STATUS_COLUMNS = ("yoy_status", "pop_status")
OF_THE_WORLD = ("partner_share_pct", "partner_contribution_pp")
OF_ALL_GOODS = ("commodity_share_pct", "commodity_contribution_pp")
COMPARED = ("value", "obs_status", "months", "members", "world", "total")
"""Columns of a cell that its base has, too, as `base_...`, and the period before as `before_...`."""


def series_of(rows: FromClause) -> list[Expression]:
    """Return the columns that tell which series a row belongs to."""
    return [rows.c[name] for name in SERIES]


def every_cell(asked: CTE, scope: Scope, figures: Figures, *, needs: Needs) -> CTE:
    """Return a row for each of the series `asked` and each period from the first to the last that was published.

    With the columns of the figure, `world` and `total`, the values of the World and of all goods, and `printed`,
    whether there is any figure of the series. The value is 0 where an exhaustive dataset that was published for the
    period has none, else null. `world` and `total` are null, too, where no column that is made of them is needed.
    """
    figure = figures.of_series(_needed(asked, scope, needs=needs), needs=needs)
    own, world, total = (figure.alias(name) for name in ("own", "of_world", "of_all_goods"))
    first, last = scope.span
    grid = every_period(asked, scope, first, last)
    published = months_published(scope, grid.c.flow, grid.c.period)
    no_trade = own.c.obs_status.is_(None) & published.is_not(None) & is_covered(grid.c.commodity_id, scope)
    carried = [own.c[name] for name in (*COLUMNS, "members") if name not in {*KEY, "value"}]
    beside = grid.outerjoin(own, same_cell(own, grid, period=grid.c.period))
    beside = beside.outerjoin(world, same_cell(world, grid, period=grid.c.period, partner=scope.world_id))
    beside = beside.outerjoin(total, same_cell(total, grid, period=grid.c.period, commodity=scope.total_id))
    return (
        select(
            *grid.c,
            case((no_trade, 0), else_=own.c.value).label("value"),
            *carried,
            (published if scope.exhaustive else own.c.months).label("months"),
            world.c.value.label("world"),
            total.c.value.label("total"),
            (func.count(own.c.period).over(partition_by=series_of(grid)) > 0).label("printed"),
        )
        .select_from(beside)
        .cte("cell")
    )


def _needed(asked: CTE, scope: Scope, *, needs: Needs) -> CTE:
    """Return the series `asked`, and those of the World and of all goods, where these are needed."""
    flow, partner, good = series_of(asked)
    of_world = select(flow, literal(scope.world_id).label("partner_id"), good)
    of_all_goods = select(flow, partner, literal(scope.total_id).label("commodity_id"))
    wholes = {OF_THE_WORLD: of_world, OF_ALL_GOODS: of_all_goods}
    return union(select(flow, partner, good), *(rows for of, rows in wholes.items() if any(map(needs, of)))).cte(
        "needed"
    )


def bases(cell: CTE, scope: Scope) -> list[Expression]:
    """Return the columns of COMPARED of the year before and of the period before; null where the series has no such."""

    def back(name: str, periods: int) -> Expression:
        return func.lag(cell.c[name], periods).over(partition_by=series_of(cell), order_by=cell.c.period)

    names = {"base": (scope.periods_per_year, COMPARED), "before": (1, COMPARED[:4])}
    return [back(name, periods).label(f"{end}_{name}") for end, (periods, own) in names.items() for name in own]


def line_columns(line: FromClause, scope: Scope) -> list[Expression]:
    """Return value, growth, share and contribution of cells that stand beside their `bases`."""
    now, year_before, before = _end(line, scope), _year_before(line, scope), _before(line, scope)
    wholes = Wholes(line.c.world, line.c.base_world, line.c.total, line.c.base_total)
    columns = growth_columns(now, year_before=year_before, before=before, wholes=wholes, unit=scope.unit)
    return [(now.value * scope.unit).label("value"), *(_unless_not_covered(column, line, scope) for column in columns)]


def line_change(line: FromClause, scope: Scope) -> Expression:
    """Return the change over the year before, in stored units; null where the two cannot be compared."""
    return change_of(_end(line, scope), over=_year_before(line, scope))


def line_of_other_members(line: FromClause, scope: Scope) -> Expression | None:
    """Return whether the sum of a group is of other members than the year before; null where none can be."""
    return have_other_members(_end(line, scope), over=_year_before(line, scope))


def _year_before(line: FromClause, scope: Scope) -> End:
    return _end(line, scope, "base_", months_back=YEAR)


def _before(line: FromClause, scope: Scope) -> End:
    return _end(line, scope, "before_", months_back=scope.step)


def _end(line: FromClause, scope: Scope, prefix: str = "", *, months_back: int = 0) -> End:
    value, obs_status, months, members = (line.c[f"{prefix}{name}"] for name in COMPARED[:4])
    group = line.c.partner_id if scope.has_groups and not scope.exhaustive else None
    return End(line.c.period - months_back, value, obs_status, months == scope.step, members, group)


def _unless_not_covered(column: Label[Any], line: FromClause, scope: Scope) -> Expression:
    """Return a status as `not_covered` where the dataset prints no such series, and does not say that it is zero."""
    if column.name not in STATUS_COLUMNS or (scope.exhaustive and not scope.has_uncovered):
        return column
    covered = not_(one_of(line.c.commodity_id, scope.uncovered)) if scope.exhaustive else line.c.printed
    return case((covered, column.element), else_="not_covered").label(column.name)

"""Whole series, period by period, with what each period is compared with.

The figures of a series, of the World and of all goods lie side by side in one row for each period, gaps included: a
base is then the row a year before, and nothing is looked up for each row. The definitions are those of comparison.py.
"""

from sqlalchemy import CTE, FromClause, and_, case, func, literal, not_, select, union

from service.analytics.comparison import same_cell
from service.analytics.expressions import Expression
from service.analytics.figures import COLUMNS, Figures, months_published
from service.analytics.grid import KEY, every_period
from service.analytics.growth import change, growth_pct, growth_status
from service.analytics.scope import YEAR, Scope
from service.analytics.share import contribution_pp, share_pct
from service.analytics.status import weaker_status
from service.analytics.sums import members_differ

SERIES = ("flow", "partner_id", "commodity_id")
COMPARED = ("value", "obs_status", "months", "members", "world", "total")
"""Columns of a cell that its base has, too, as `base_...`, and the period before as `before_...`."""


def series_of(rows: FromClause) -> list[Expression]:
    """Return the columns that tell which series a row belongs to."""
    return [rows.c[name] for name in SERIES]


def every_cell(asked: CTE, scope: Scope, figures: Figures) -> CTE:
    """Return a row for each of the series `asked` and each period from the first to the last that was published.

    With the columns of the figure, `world` and `total`, the values of the World and of all goods, and `printed`,
    whether there is any figure of the series. The value is 0 where an exhaustive dataset that was published for the
    period has none, else null.
    """
    figure = figures.of_series(_needed(asked, scope))
    own, world, total = (figure.alias(name) for name in ("own", "of_world", "of_all_goods"))
    first, last = scope.span
    grid = every_period(asked, scope, first, last)
    published = months_published(scope, grid.c.flow, grid.c.period)
    no_trade = own.c.obs_status.is_(None) & published.is_not(None) & literal(scope.exhaustive)
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


def _needed(asked: CTE, scope: Scope) -> CTE:
    """Return the series `asked`, and those of the World and of all goods that they are parts of."""
    flow, partner, good = series_of(asked)
    of_world = select(flow, literal(scope.world_id).label("partner_id"), good)
    of_all_goods = select(flow, partner, literal(scope.total_id).label("commodity_id"))
    return union(select(flow, partner, good), of_world, of_all_goods).cte("needed")


def bases(cell: CTE, scope: Scope) -> list[Expression]:
    """Return the columns of COMPARED of the year before and of the period before; null where the series has no such."""

    def back(name: str, periods: int) -> Expression:
        return func.lag(cell.c[name], periods).over(partition_by=series_of(cell), order_by=cell.c.period)

    names = {"base": (scope.periods_per_year, COMPARED), "before": (1, COMPARED[:4])}
    return [back(name, periods).label(f"{end}_{name}") for end, (periods, own) in names.items() for name in own]


def year_on_year_change(line: FromClause, scope: Scope) -> Expression:
    """Return the change over the year before in stored units; null where the two cannot be compared."""
    return case((_is_comparable(line, scope), change(line.c.value, base=line.c.base_value)))


def growth_columns(line: FromClause, scope: Scope) -> list[Expression]:
    """Return value, growth, share and contribution, as `compared` has them, of cells beside their `bases`."""
    value, base, before = line.c.value, line.c.base_value, line.c.before_value
    yoy_status, pop_status = (_status(line, scope, over=over) for over in ("base", "before"))
    yoy_change = year_on_year_change(line, scope)
    return [
        (value * scope.unit).label("value"),
        (line.c.period - YEAR).label("yoy_base_period"),
        (base * scope.unit).label("yoy_base"),
        (yoy_change * scope.unit).label("yoy_change"),
        growth_pct(value, base=base, status=yoy_status).label("yoy_pct"),
        _unless_not_covered(yoy_status, line, scope).label("yoy_status"),
        weaker_status(line.c.obs_status, line.c.base_obs_status).label("yoy_obs_status"),
        growth_pct(value, base=before, status=pop_status).label("pop_pct"),
        _unless_not_covered(pop_status, line, scope).label("pop_status"),
        share_pct(value, whole=line.c.world).label("partner_share_pct"),
        contribution_pp(yoy_change, whole_base=line.c.base_world).label("partner_contribution_pp"),
        share_pct(value, whole=line.c.total).label("commodity_share_pct"),
        contribution_pp(yoy_change, whole_base=line.c.base_total).label("commodity_contribution_pp"),
    ]


def _status(line: FromClause, scope: Scope, *, over: str) -> Expression:
    return growth_status(
        line.c.value,
        base=line.c[f"{over}_value"],
        obs_status=line.c.obs_status,
        base_obs_status=line.c[f"{over}_obs_status"],
        complete=line.c.months == scope.step,
        base_complete=line.c[f"{over}_months"] == scope.step,
        members_differ=_members_differ(line, scope, over=over),
    )


def _is_comparable(line: FromClause, scope: Scope) -> Expression:
    """Return whether the figure and that of the year before are of whole periods, and of the same members."""
    both_whole = and_(line.c.months == scope.step, line.c.base_months == scope.step)
    differ = _members_differ(line, scope, over="base")
    return both_whole if differ is None else and_(both_whole, not_(differ))


def _members_differ(line: FromClause, scope: Scope, *, over: str) -> Expression | None:
    """Return whether the sums of a group are of different members; null where none can be, as in comparison.py."""
    if scope.exhaustive or not scope.has_groups:
        return None
    back = YEAR if over == "base" else scope.step
    return members_differ(
        line.c.partner_id,
        members=line.c.members,
        base_members=line.c[f"{over}_members"],
        period=line.c.period,
        base_period=line.c.period - back,
    )


def _unless_not_covered(status: Expression, line: FromClause, scope: Scope) -> Expression:
    """Return `not_covered` in the place of the status where a dataset that is a selection never prints the series."""
    return status if scope.exhaustive else case((line.c.printed, status), else_="not_covered")

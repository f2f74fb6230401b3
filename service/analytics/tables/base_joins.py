"""The figures that lie beside others: of the same series in other periods, of the World, of all goods."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, cast

from sqlalchemy import ColumnClause, FromClause, and_, case, func, select
from sqlalchemy.sql.visitors import ExternallyTraversible, iterate

from service.analytics.figures.source import Figures, months_published
from service.analytics.measures.growth_columns import BASE, BEFORE, ENDS
from service.analytics.scope import Scope
from service.analytics.sql.types import Expression, Rows
from service.domain.frequencies import YEAR


class Join(NamedTuple):
    """A table, and when a row of it lies beside a cell; `is_full` where it has rows that lie beside none."""

    figure: FromClause
    same: Expression
    is_full: bool = False


def found_beside(
    cells: FromClause, scope: Scope, figures: Figures, *, in_stretches: bool
) -> tuple[dict[str, Expression], list[Join]]:
    """Return the columns of COMPARED, and the tables that they are of, with when these are of the same cell."""
    base, before = (
        _in_stretches(cells, figures, name=name, months_back=back) if in_stretches else figures.named(name)
        for name, back in (("base", YEAR), ("previous", scope.step))
    )
    found = {
        **_end(cells, cells, scope, prefix="", months_back=0),
        **_end(base, cells, scope, prefix=BASE, months_back=YEAR),
        **_end(before, cells, scope, prefix=BEFORE, months_back=scope.step),
    }
    joins = [
        Join(base, same_cell(base, cells, period=cells.c.period - YEAR), in_stretches),
        Join(before, same_cell(before, cells, period=cells.c.period - scope.step), in_stretches),
    ]
    for name, whole in {"world": {"partner": scope.world_id}, "total": {"commodity": scope.total_id}}.items():
        for prefix, months_back in (("", 0), (BASE, YEAR)):
            figure = figures.named(f"{prefix}{name}")
            found[f"{prefix}{name}"] = figure.c.value
            joins.append(Join(figure, same_cell(figure, cells, period=cells.c.period - months_back, **whole)))
    return found, joins


def _end(
    figure: FromClause, cells: FromClause, scope: Scope, *, prefix: str, months_back: int
) -> Mapping[str, Expression]:
    """Return the columns of ENDS of the figure of the same series so many months back, which may be the cell itself."""
    published = months_published(scope, cells.c.flow, cells.c.period - months_back)
    no_trade = figure.c.obs_status.is_(None) & published.is_not(None)
    value: Expression = case((no_trade, 0), else_=figure.c.value) if scope.exhaustive else figure.c.value
    months = published if scope.exhaustive else figure.c.months
    of_end = dict(zip(ENDS, (value, figure.c.obs_status, months, figure.c.members), strict=True))
    return {f"{prefix}{name}": column for name, column in of_end.items()}


def _in_stretches(cells: FromClause, figures: Figures, *, name: str, months_back: int) -> FromClause:
    """Return the figures so many months before `cells`, of each partner from the first commodity to the last.

    A stretch of an index is read in a tenth of the time that it takes to look up its rows one by one.
    """
    figure = figures.named(f"{name}_figure")
    key = cells.c.period, cells.c.flow, cells.c.partner_id
    first, last = func.min(cells.c.commodity_id).label("first"), func.max(cells.c.commodity_id).label("last")
    stretch = select(*key, first, last).group_by(*key).subquery(f"{name}_stretch")
    same = and_(
        figure.c.period == stretch.c.period - months_back,
        figure.c.flow == stretch.c.flow,
        figure.c.partner_id == stretch.c.partner_id,
        figure.c.commodity_id.between(stretch.c.first, stretch.c.last),
    )
    return select(figure).select_from(stretch.join(figure, same)).subquery(name)


def joined(rows: Rows, cells: FromClause, joins: Sequence[Join], *, used: Collection[FromClause]) -> Rows:
    """Return `rows`, which are of `cells` and of the tables `used`, from those joined."""
    needed = [join for join in joins if join.figure in used]
    beside = cells
    for join in needed:
        beside = beside.outerjoin(join.figure, join.same, full=join.is_full)
    if not any(join.is_full for join in needed):
        return rows.select_from(beside)
    # A full join cannot be made row by row, which would be chosen otherwise: a page of any size is taken for one row.
    return rows.select_from(beside).where(func.coalesce(cells.c.period, 0) > 0)


def tables_of(columns: Collection[Expression]) -> Collection[FromClause]:
    """Return the tables that any of the columns is made of."""
    return {element.table for element in elements_of(columns) if element.table is not None}


def elements_of(columns: Collection[Expression]) -> list[ColumnClause[object]]:
    """Return the columns that any of the columns is made of."""
    every = (element for column in columns for element in iterate(cast("ExternallyTraversible", column)))
    return [element for element in every if isinstance(element, ColumnClause)]


def same_cell(
    figure: FromClause,
    cells: FromClause,
    *,
    period: Expression,
    partner: int | None = None,
    commodity: int | None = None,
) -> Expression:
    """Return whether `figure` is the cell's own figure in `period`, or that of another partner or commodity."""
    return and_(
        figure.c.flow == cells.c.flow,
        figure.c.partner_id == (cells.c.partner_id if partner is None else partner),
        figure.c.commodity_id == (cells.c.commodity_id if commodity is None else commodity),
        figure.c.period == period,
    )

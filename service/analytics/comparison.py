"""Figures beside what they are compared with: their base, the period before, the world, the total."""

from collections.abc import Collection, Sequence
from typing import cast

from sqlalchemy import ColumnClause, FromClause, and_, case, select
from sqlalchemy.sql.visitors import ExternallyTraversible, iterate

from service.analytics.expressions import Expression, Needs, Rows
from service.analytics.figures import COLUMNS, Figures, months_published
from service.analytics.growth_columns import End, Wholes, growth_columns
from service.analytics.scope import YEAR, Scope

Join = tuple[FromClause, Expression]


def compared(
    cells: FromClause,
    scope: Scope,
    figures: Figures,
    *,
    keep: Sequence[str] = (),
    needs: Needs = lambda _column: True,
) -> Rows:
    """Select `cells`, a table with the columns of Figures, with growth, share and contribution.

    `keep` names further columns of `cells` to go along, `needs` tells which of those that are added are needed.
    Each base is looked up in the whole store by calendar period: the periods asked for do not limit it.
    """
    now = _Side(cells, cells, scope, figures, name="this", months_back=0)
    year_before = _Side(cells, None, scope, figures, name="base", months_back=YEAR)
    before = _Side(cells, None, scope, figures, name="previous", months_back=scope.step)
    whole = _WholesBeside(cells, scope, figures)
    columns = growth_columns(
        now.end,
        year_before=year_before.end,
        before=before.end,
        wholes=whole.values,
        unit=scope.unit,
    )
    needed = [column for column in columns if needs(column.name)]
    used, beside = _tables_of(needed), cells
    for figure, same in (*year_before.joins, *before.joins, *whole.joins):
        if figure in used:
            beside = beside.outerjoin(figure, same)
    kept = [cells.c[name] for name in keep]
    own = [*own_columns(cells, scope), now.months.label("months"), *kept]
    return select(*own, *needed).select_from(beside)


def _tables_of(columns: Sequence[Expression]) -> Collection[FromClause]:
    """Return the tables that any of the columns is made of."""
    return {
        element.table
        for column in columns
        for element in iterate(cast("ExternallyTraversible", column))
        if isinstance(element, ColumnClause) and element.table is not None
    }


def own_columns(cells: FromClause, scope: Scope) -> list[Expression]:
    """Return the columns of the figures themselves, the value in units of the currency."""
    own = [cells.c[name] for name in COLUMNS if name != "value"]
    return [*own, (cells.c.value * scope.unit).label("value"), cells.c.members]


class _Side:
    """The figure of the same series `months_back`, and whether its period was published."""

    def __init__(
        self,
        cells: FromClause,
        row: FromClause | None,
        scope: Scope,
        figures: Figures,
        *,
        name: str,
        months_back: int,
    ) -> None:
        self._cells = cells
        self._row = row
        self._figure = figures.named(name) if row is None else row
        self._period = cells.c.period - months_back
        published = months_published(scope, cells.c.flow, self._period)
        traded = published.is_not(None) if scope.exhaustive else None
        absent = self._figure.c.obs_status.is_(None)
        value = self._figure.c.value
        self.months = published if scope.exhaustive else self._figure.c.months
        self.end = End(
            self._period,
            value if traded is None else case((absent & traded, 0), else_=value),
            self._figure.c.obs_status,
            self.months == scope.step,
            self._figure.c.members,
            cells.c.partner_id if scope.has_groups and not scope.exhaustive else None,
        )

    @property
    def joins(self) -> list[Join]:
        """Return this side's figure, where it is not the cell itself, and when it is of the same series."""
        if self._row is not None:
            return []
        return [(self._figure, same_cell(self._figure, self._cells, period=self._period))]


class _WholesBeside:
    """What a cell is a part of: the world for its commodity, and the total of its partner, now and a year before."""

    def __init__(self, cells: FromClause, scope: Scope, figures: Figures) -> None:
        self._cells = cells
        self.world, self.world_base = figures.named("world"), figures.named("world_base")
        self.total, self.total_base = figures.named("total"), figures.named("total_base")
        self._world_id, self._total_id = scope.world_id, scope.total_id
        wholes = self.world, self.world_base, self.total, self.total_base
        self.values = Wholes(*(whole.c.value for whole in wholes))

    @property
    def joins(self) -> list[Join]:
        """Return the four wholes, each with when it is the one that a cell is a part of."""
        cells, now, then = self._cells, self._cells.c.period, self._cells.c.period - YEAR
        worlds, totals = ((self.world, now), (self.world_base, then)), ((self.total, now), (self.total_base, then))
        return [
            *((world, same_cell(world, cells, period=period, partner=self._world_id)) for world, period in worlds),
            *((total, same_cell(total, cells, period=period, commodity=self._total_id)) for total, period in totals),
        ]


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

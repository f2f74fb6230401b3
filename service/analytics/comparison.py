"""Figures beside what they are compared with: their base, the period before, the world, the total."""

from collections.abc import Sequence

from sqlalchemy import FromClause, and_, case, not_, select

from service.analytics.expressions import Expression, Rows
from service.analytics.figures import COLUMNS, Figures, months_published
from service.analytics.growth import change, growth_pct, growth_status
from service.analytics.scope import YEAR, Scope
from service.analytics.share import contribution_pp, share_pct
from service.analytics.status import weaker_status
from service.analytics.sums import members_differ


def compared(cells: FromClause, scope: Scope, figures: Figures, *, keep: Sequence[str] = ()) -> Rows:
    """Select `cells`, a table with the columns of Figures, with growth, share and contribution.

    `keep` names further columns of `cells` to go along.
    Each base is looked up in the whole store by calendar period: the periods asked for do not limit it.
    """
    now = _Side(cells, cells, scope, figures, name="this", months_back=0)
    year_before = _Side(cells, None, scope, figures, name="base", months_back=YEAR)
    before = _Side(cells, None, scope, figures, name="previous", months_back=scope.step)
    whole = _Wholes(cells, scope, figures)
    yoy_status = now.growth_status(over=year_before)
    pop_status = now.growth_status(over=before)
    comparable = now.is_comparable(with_=year_before)
    yoy_change = case((comparable, change(now.value, base=year_before.value)))
    columns: list[Expression] = [
        (cells.c.period - YEAR).label("yoy_base_period"),
        (year_before.value * scope.unit).label("yoy_base"),
        (yoy_change * scope.unit).label("yoy_change"),
        growth_pct(now.value, base=year_before.value, status=yoy_status).label("yoy_pct"),
        yoy_status.label("yoy_status"),
        weaker_status(now.obs_status, year_before.obs_status).label("yoy_obs_status"),
        growth_pct(now.value, base=before.value, status=pop_status).label("pop_pct"),
        pop_status.label("pop_status"),
        share_pct(now.value, whole=whole.world.c.value).label("partner_share_pct"),
        contribution_pp(yoy_change, whole_base=whole.world_base.c.value).label("partner_contribution_pp"),
        share_pct(now.value, whole=whole.total.c.value).label("commodity_share_pct"),
        contribution_pp(yoy_change, whole_base=whole.total_base.c.value).label("commodity_contribution_pp"),
    ]
    beside = cells
    for side in (now, year_before, before):
        beside = side.joined_to(beside)
    kept = [cells.c[name] for name in keep]
    own = [*own_columns(cells, scope), now.months.label("months"), *kept]
    return select(*own, *columns).select_from(whole.joined_to(beside))


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
        self._exhaustive, self._has_groups = scope.exhaustive, scope.has_groups
        published = months_published(scope, cells.c.flow, self._period)
        traded = published.is_not(None) if scope.exhaustive else None
        absent = self._figure.c.obs_status.is_(None)
        value = self._figure.c.value
        self.value = value if traded is None else case((absent & traded, 0), else_=value)
        self.obs_status = self._figure.c.obs_status
        self.months = published if scope.exhaustive else self._figure.c.months
        self.complete = self.months == scope.step

    def joined_to(self, beside: FromClause) -> FromClause:
        """Return `beside` with this side's figure joined to it."""
        if self._row is not None:
            return beside
        return beside.outerjoin(self._figure, same_cell(self._figure, self._cells, period=self._period))

    def growth_status(self, *, over: "_Side") -> Expression:
        """Return the status of this side's growth over the other's."""
        return growth_status(
            self.value,
            base=over.value,
            obs_status=self.obs_status,
            base_obs_status=over.obs_status,
            complete=self.complete,
            base_complete=over.complete,
            members_differ=self._members_differ(over),
        )

    def is_comparable(self, *, with_: "_Side") -> Expression:
        """Return whether this side's figure and the other's are of whole periods, and of the same members."""
        both_whole = and_(self.complete, with_.complete)
        differ = self._members_differ(with_)
        return both_whole if differ is None else and_(both_whole, not_(differ))

    def _members_differ(self, other: "_Side") -> Expression | None:
        """Return whether the sums of a group are of different members; null where none can be.

        In an exhaustive source a member without a figure is a member without trade.
        """
        if self._exhaustive or not self._has_groups:
            return None
        return members_differ(
            self._cells.c.partner_id,
            members=self._figure.c.members,
            base_members=other._figure.c.members,
            period=self._cells.c.period,
            base_period=other._period,
        )


class _Wholes:
    """What a cell is a part of: the world for its commodity, and the total of its partner, now and a year before."""

    def __init__(self, cells: FromClause, scope: Scope, figures: Figures) -> None:
        self._cells = cells
        self.world, self.world_base = figures.named("world"), figures.named("world_base")
        self.total, self.total_base = figures.named("total"), figures.named("total_base")
        self._world_id, self._total_id = scope.world_id, scope.total_id

    def joined_to(self, beside: FromClause) -> FromClause:
        """Return `beside` with the four wholes joined to it."""
        now, then = self._cells.c.period, self._cells.c.period - YEAR
        for whole, period in ((self.world, now), (self.world_base, then)):
            beside = beside.outerjoin(whole, same_cell(whole, self._cells, period=period, partner=self._world_id))
        for whole, period in ((self.total, now), (self.total_base, then)):
            beside = beside.outerjoin(whole, same_cell(whole, self._cells, period=period, commodity=self._total_id))
        return beside


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

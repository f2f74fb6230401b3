"""The columns of growth, share and contribution of a figure, whichever way what it is compared with is found."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Label, and_, case, not_

from service.analytics.expressions import Expression
from service.analytics.growth import change, growth_pct, growth_status
from service.analytics.scope import YEAR
from service.analytics.share import contribution_pp, share_pct
from service.analytics.status import weaker_status
from service.analytics.sums import members_differ


@dataclass(frozen=True)
class End:
    """One of the two periods compared: its first month, its value, its status, whether all of it was published.

    `members` are those that the sum of a group was added up from; `group` is its key, null where members cannot differ:
    in an exhaustive source a member without a figure is a member without trade.
    """

    period: Expression
    value: Expression
    obs_status: Expression
    complete: Expression
    members: Expression
    group: Expression | None


@dataclass(frozen=True)
class Wholes:
    """The values of what a figure is a part of, now and a year before: of the World, and of all goods."""

    world: Expression
    world_base: Expression
    total: Expression
    total_base: Expression


def change_of(now: End, *, over: End) -> Expression:
    """Return the change of a value, in its units; null unless both periods are whole, and of the same members."""
    comparable, differ = and_(now.complete, over.complete), have_other_members(now, over=over)
    if differ is not None:
        comparable = and_(comparable, not_(differ))
    return case((comparable, change(now.value, base=over.value)))


def growth_columns(now: End, *, year_before: End, before: End, wholes: Wholes, unit: int) -> list[Label[Any]]:
    """Return the columns of growth, share and contribution, amounts in units of the currency."""
    yoy_status, pop_status = _status(now, over=year_before), _status(now, over=before)
    yoy_change = change_of(now, over=year_before)
    return [
        (now.period - YEAR).label("yoy_base_period"),
        (year_before.value * unit).label("yoy_base"),
        (yoy_change * unit).label("yoy_change"),
        growth_pct(now.value, base=year_before.value, status=yoy_status).label("yoy_pct"),
        yoy_status.label("yoy_status"),
        weaker_status(now.obs_status, year_before.obs_status).label("yoy_obs_status"),
        growth_pct(now.value, base=before.value, status=pop_status).label("pop_pct"),
        pop_status.label("pop_status"),
        share_pct(now.value, whole=wholes.world).label("partner_share_pct"),
        contribution_pp(yoy_change, whole_base=wholes.world_base).label("partner_contribution_pp"),
        share_pct(now.value, whole=wholes.total).label("commodity_share_pct"),
        contribution_pp(yoy_change, whole_base=wholes.total_base).label("commodity_contribution_pp"),
    ]


def _status(now: End, *, over: End) -> Expression:
    """Return why a value cannot be compared with that of another period, or `ok`."""
    return growth_status(
        now.value,
        base=over.value,
        obs_status=now.obs_status,
        base_obs_status=over.obs_status,
        complete=now.complete,
        base_complete=over.complete,
        members_differ=have_other_members(now, over=over),
    )


def have_other_members(now: End, *, over: End) -> Expression | None:
    """Return whether the sums of a group are of different members; null where none can be."""
    if now.group is None:
        return None
    return members_differ(
        now.group, members=now.members, base_members=over.members, period=now.period, base_period=over.period
    )

"""The columns of growth, share and contribution of a figure, whichever way what it is compared with is found."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, Label, and_, case, not_

from service.analytics.figures.aggregation import members_differ
from service.analytics.measures.growth import change, comparable_growth_pct, growth_status, in_units
from service.analytics.measures.observation_status import weaker_status
from service.analytics.measures.shares import contribution_pp, share_pct
from service.analytics.scope import Scope
from service.analytics.sql.types import Expression
from service.domain.frequencies import YEAR

ENDS = ("value", "obs_status", "months", "members")
WHOLES = ("world", "total")
BASE, BEFORE = "base_", "before_"
COMPARED = (*ENDS, *(f"{BASE}{name}" for name in (*ENDS, *WHOLES)), *(f"{BEFORE}{name}" for name in ENDS), *WHOLES)
"""Columns that growth is computed from: of a figure, a year before, a period before, and of what it is a part of.

A value is in stored units; `months` are how many of the period were published, null for none.
"""


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


def growth_columns(row: FromClause, scope: Scope) -> list[Label[Any]]:
    """Return growth, share and contribution of rows with the columns of COMPARED, amounts in units of the currency."""
    now, year_before, before = end(row, scope), base_end(row, scope), end(row, scope, BEFORE, months_back=scope.step)
    yoy_change = change_of(now, over=year_before)
    return [
        (now.period - YEAR).label("yoy_base_period"),
        in_units(year_before.value, scope.unit).label("yoy_base"),
        in_units(yoy_change, scope.unit).label("yoy_change"),
        _growth_pct(now, over=year_before).label("yoy_pct"),
        _status(now, over=year_before).label("yoy_status"),
        weaker_status(now.obs_status, year_before.obs_status).label("yoy_obs_status"),
        _growth_pct(now, over=before).label("pop_pct"),
        _status(now, over=before).label("pop_status"),
        share_pct(now.value, whole=row.c.world).label("partner_share_pct"),
        contribution_pp(yoy_change, whole_base=row.c.base_world).label("partner_contribution_pp"),
        share_pct(now.value, whole=row.c.total).label("commodity_share_pct"),
        contribution_pp(yoy_change, whole_base=row.c.base_total).label("commodity_contribution_pp"),
    ]


def end(row: FromClause, scope: Scope, prefix: str = "", *, months_back: int = 0) -> End:
    """Return one of the periods compared, whose columns have the prefix."""
    value, obs_status, months, members = (row.c[f"{prefix}{name}"] for name in ENDS)
    group = row.c.partner_id if scope.has_groups and not scope.exhaustive else None
    return End(row.c.period - months_back, value, obs_status, months == scope.step, members, group)


def base_end(row: FromClause, scope: Scope) -> End:
    """Return the period a year before."""
    return end(row, scope, BASE, months_back=YEAR)


def change_of(now: End, *, over: End) -> Expression:
    """Return the change of a value, in its units; null unless both periods are whole, and of the same members."""
    return case((_comparable(now, over=over), change(now.value, base=over.value)))


def have_other_members(now: End, *, over: End) -> Expression | None:
    """Return whether the sums of a group are of different members; null where none can be."""
    if now.group is None:
        return None
    return members_differ(
        now.group, members=now.members, base_members=over.members, period=now.period, base_period=over.period
    )


def _comparable(now: End, *, over: End) -> Expression:
    differ = have_other_members(now, over=over)
    return and_(now.complete, over.complete, *([] if differ is None else [not_(differ)]))


def _growth_pct(now: End, *, over: End) -> Expression:
    """Return growth in percent, only where `_status` is ok, which costs more to be asked again than what it says."""
    known = (side.obs_status.is_distinct_from("Q") for side in (now, over))
    return comparable_growth_pct(now.value, base=over.value, comparable=and_(_comparable(now, over=over), *known))


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

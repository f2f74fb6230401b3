"""The columns of growth, share and contribution of a figure, whichever way what it is compared with is found."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, Label, and_, case, not_

from service.analytics.figures.aggregation import members_differ
from service.analytics.measures.growth import change, comparable_growth_pct, currency_amount, growth_status
from service.analytics.measures.observation_status import weaker_status
from service.analytics.measures.shares import contribution_pp, share_pct
from service.analytics.scope import QueryScope
from service.analytics.sql.types import SqlExpression
from service.domain.frequencies import MONTHS_PER_YEAR

PERIOD_FIGURE_COLUMNS = ("value", "obs_status", "months", "members")
TOTAL_COLUMNS = ("world", "total")
BASE_PREFIX, PREVIOUS_PREFIX = "base_", "before_"
COMPARISON_COLUMNS = (
    *PERIOD_FIGURE_COLUMNS,
    *(f"{BASE_PREFIX}{name}" for name in (*PERIOD_FIGURE_COLUMNS, *TOTAL_COLUMNS)),
    *(f"{PREVIOUS_PREFIX}{name}" for name in PERIOD_FIGURE_COLUMNS),
    *TOTAL_COLUMNS,
)
"""Columns that growth is computed from: of a figure, a year before, a period before, and of what it is a part of.

A value is in stored units; `months` are how many of the period were published, null for none.
"""


@dataclass(frozen=True)
class PeriodFigure:
    """One of the two periods compared: its first month, its value, its status, whether all of it was published.

    `members` are those that the sum of a group was added up from; `group` is its key, null where members cannot differ:
    in an exhaustive source a member without a figure is a member without trade.
    """

    period: SqlExpression
    value: SqlExpression
    obs_status: SqlExpression
    is_complete: SqlExpression
    members: SqlExpression
    group_id: SqlExpression | None


def growth_columns(row: FromClause, scope: QueryScope) -> list[Label[Any]]:
    """Return growth, share and contribution of rows with the columns of COMPARED, amounts in units of the currency."""
    now, year_before, before = (
        period_figure(row, scope),
        base_figure(row, scope),
        period_figure(row, scope, PREVIOUS_PREFIX, months_back=scope.period_months),
    )
    yoy_change = comparable_change(now, base=year_before)
    return [
        (now.period - MONTHS_PER_YEAR).label("yoy_base_period"),
        currency_amount(year_before.value, scope.unit_multiplier).label("yoy_base"),
        currency_amount(yoy_change, scope.unit_multiplier).label("yoy_change"),
        _growth_pct(now, base=year_before).label("yoy_pct"),
        _comparison_status(now, base=year_before).label("yoy_status"),
        weaker_status(now.obs_status, year_before.obs_status).label("yoy_obs_status"),
        _growth_pct(now, base=before).label("pop_pct"),
        _comparison_status(now, base=before).label("pop_status"),
        share_pct(now.value, total=row.c.world).label("partner_share_pct"),
        contribution_pp(yoy_change, total_base=row.c.base_world).label("partner_contribution_pp"),
        share_pct(now.value, total=row.c.total).label("commodity_share_pct"),
        contribution_pp(yoy_change, total_base=row.c.base_total).label("commodity_contribution_pp"),
    ]


def period_figure(row: FromClause, scope: QueryScope, prefix: str = "", *, months_back: int = 0) -> PeriodFigure:
    """Return one of the periods compared, whose columns have the prefix."""
    value, obs_status, months, members = (row.c[f"{prefix}{name}"] for name in PERIOD_FIGURE_COLUMNS)
    group = row.c.partner_id if scope.has_groups and not scope.exhaustive else None
    return PeriodFigure(row.c.period - months_back, value, obs_status, months == scope.period_months, members, group)


def base_figure(row: FromClause, scope: QueryScope) -> PeriodFigure:
    """Return the period a year before."""
    return period_figure(row, scope, BASE_PREFIX, months_back=MONTHS_PER_YEAR)


def comparable_change(current: PeriodFigure, *, base: PeriodFigure) -> SqlExpression:
    """Return the change of a value, in its units; null unless both periods are whole, and of the same members."""
    return case((_is_comparable(current, base=base), change(current.value, base=base.value)))


def membership_changed(current: PeriodFigure, *, base: PeriodFigure) -> SqlExpression | None:
    """Return whether the sums of a group are of different members; null where none can be."""
    if current.group_id is None:
        return None
    return members_differ(
        current.group_id,
        members=current.members,
        base_members=base.members,
        period=current.period,
        base_period=base.period,
    )


def _is_comparable(current: PeriodFigure, *, base: PeriodFigure) -> SqlExpression:
    differ = membership_changed(current, base=base)
    return and_(current.is_complete, base.is_complete, *([] if differ is None else [not_(differ)]))


def _growth_pct(current: PeriodFigure, *, base: PeriodFigure) -> SqlExpression:
    """Return growth in percent, only where `_status` is ok, which costs more to be asked again than what it says."""
    known = (side.obs_status.is_distinct_from("Q") for side in (current, base))
    return comparable_growth_pct(
        current.value, base=base.value, is_comparable=and_(_is_comparable(current, base=base), *known)
    )


def _comparison_status(current: PeriodFigure, *, base: PeriodFigure) -> SqlExpression:
    """Return why a value cannot be compared with that of another period, or `ok`."""
    return growth_status(
        current.value,
        base=base.value,
        obs_status=current.obs_status,
        base_obs_status=base.obs_status,
        is_complete=current.is_complete,
        is_base_complete=base.is_complete,
        membership_differs=membership_changed(current, base=base),
    )

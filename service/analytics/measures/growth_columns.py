"""Columns of growth, share and contribution, from rows that hold a figure and the figures to compare it with."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, Label, SmallInteger, and_, case, cast, func, not_, or_
from sqlalchemy.dialects.postgresql import ARRAY, array

from service.analytics.figures.area_changes import has_member_change, is_area_break
from service.analytics.figures.edition_conditions import is_series_break
from service.analytics.figures.group_membership import members_differ
from service.analytics.measures.growth import (
    annual_growth_pct,
    change,
    currency_amount,
    growth_status,
    ratio,
)
from service.analytics.measures.observation_status import exact_value, is_whole, weaker_status
from service.analytics.measures.shares import contribution_pp, share_pct
from service.analytics.scope import QueryScope
from service.analytics.sql.types import SqlExpression
from service.domain.frequencies import MONTHS_PER_YEAR

PERIOD_FIGURE_COLUMNS = ("value", "obs_status", "months", "members")
TOTAL_COLUMNS = ("world", "total")
BASE_PREFIX, PREVIOUS_PREFIX, TWO_YEAR_PREFIX = "base_", "previous_", "two_year_"
TWO_YEAR_MONTHS = 2 * MONTHS_PER_YEAR
TWO_YEAR_COLUMNS = ("two_year_pct", "two_year_annual_pct", "two_year_status")
UNCONVERTED_COLUMN = "unconverted_value"
"""Value in the currency of the source, in rows of converted figures."""
COVERAGE_COLUMN = "is_covered"
"""Column that tells whether the dataset covers the series of a row; without it, every row has a figure."""
COMPARISON_COLUMNS = (
    *PERIOD_FIGURE_COLUMNS,
    *(f"{BASE_PREFIX}{name}" for name in (*PERIOD_FIGURE_COLUMNS, *TOTAL_COLUMNS)),
    *(f"{PREVIOUS_PREFIX}{name}" for name in PERIOD_FIGURE_COLUMNS),
    *TOTAL_COLUMNS,
)
"""Columns that growth is computed from: of a figure, of its base a year earlier, of the previous period, of totals.

A value is in stored units; `months` is the number of published months of the period, null for none. Rows of time
series can also have PERIOD_FIGURE_COLUMNS of the period two years before, with TWO_YEAR_PREFIX.
"""


@dataclass(frozen=True)
class PeriodFigure:
    """The figure of a row, or of an earlier period that the row is compared with, as SQL expressions.

    `is_complete` is true if every month of the period was published, false if only some were, null if none was.
    `members` are the members of a computed group that must be the same in two sums that are compared (see
    `compared_members_column`); null without groups. `months_back` is the distance from the period of the row in months.
    """

    period: SqlExpression
    value: SqlExpression
    obs_status: SqlExpression
    is_complete: SqlExpression
    members: SqlExpression | None
    months_back: int = 0


def growth_columns(row: FromClause, scope: QueryScope) -> list[Label[Any]]:
    """Return the columns of growth, share and contribution of rows that have COMPARISON_COLUMNS.

    Amounts are in units of the currency, not in stored units.
    """
    current, base, previous = (
        period_figure(row, scope),
        base_figure(row, scope),
        period_figure(row, scope, PREVIOUS_PREFIX, months_back=scope.period_months),
    )
    yoy_change = comparable_change(current, base=base)
    # A second evaluation of the status would cost more than this condition for its being `ok`.
    ok_change = case((has_growth(current, base=base), change(current.value, base=base.value)))
    columns = [
        (current.period - MONTHS_PER_YEAR).label("yoy_base_period"),
        currency_amount(exact_value(base.value, base.obs_status), scope.unit_multiplier).label("yoy_base"),
        currency_amount(yoy_change, scope.unit_multiplier).label("yoy_change"),
        _growth_pct(current, base=base).label("yoy_pct"),
        _comparison_status(current, base=base, row=row, scope=scope).label("yoy_status"),
        weaker_status(current.obs_status, base.obs_status).label("yoy_obs_status"),
        _growth_pct(current, base=previous).label("pop_pct"),
        _comparison_status(current, base=previous, row=row, scope=scope).label("pop_status"),
        share_pct(exact_value(current.value, current.obs_status), total=row.c.world).label("partner_share_pct"),
        contribution_pp(ok_change, total_base=row.c.base_world).label("partner_contribution_pp"),
        share_pct(exact_value(current.value, current.obs_status), total=row.c.total).label("commodity_share_pct"),
        contribution_pp(ok_change, total_base=row.c.base_total).label("commodity_contribution_pp"),
    ]
    if f"{BASE_PREFIX}{UNCONVERTED_COLUMN}" in row.c:
        columns.append(row.c[f"{BASE_PREFIX}{UNCONVERTED_COLUMN}"].label(f"yoy_base_{UNCONVERTED_COLUMN}"))
    if f"{TWO_YEAR_PREFIX}value" in row.c:
        columns += _two_year_columns(row, scope, current)
    return columns


def _two_year_columns(row: FromClause, scope: QueryScope, current: PeriodFigure) -> list[Label[Any]]:
    """Return TWO_YEAR_COLUMNS: growth over two years, the constant yearly rate that gives it, and the status."""
    base = period_figure(row, scope, TWO_YEAR_PREFIX, months_back=TWO_YEAR_MONTHS)
    annual_pct = annual_growth_pct(current.value, base=base.value, years=2)
    return [
        _growth_pct(current, base=base).label("two_year_pct"),
        case((has_growth(current, base=base), annual_pct)).label("two_year_annual_pct"),
        _comparison_status(current, base=base, row=row, scope=scope).label("two_year_status"),
    ]


def period_figure_columns(figure: FromClause) -> tuple[str, ...]:
    """Return the names of the columns of `figure` that comparisons need.

    They include the value in the currency of the source where the figures are converted.
    """
    return (*PERIOD_FIGURE_COLUMNS, UNCONVERTED_COLUMN) if UNCONVERTED_COLUMN in figure.c else PERIOD_FIGURE_COLUMNS


def period_figure(row: FromClause, scope: QueryScope, prefix: str = "", *, months_back: int = 0) -> PeriodFigure:
    """Return the figure `months_back` months before the period of a row, from columns that begin with `prefix`.

    The value is null where the partner changed between the two periods, so that they cannot be compared.
    """
    figure: list[SqlExpression] = [row.c[f"{prefix}{name}"] for name in ("value", "obs_status", "months")]
    value, obs_status, months = figure
    members = row.c[f"{prefix}members" if prefix else compared_members_column(scope)]
    if scope.has_area_changes and months_back:
        is_break = is_area_break(row, scope, months_back=months_back, base_obs_status=obs_status)
        value = case((not_(is_break | has_member_change(row, scope, months_back=months_back)), value))
    return PeriodFigure(
        row.c.period - months_back,
        value,
        obs_status,
        months == scope.period_months,
        members if scope.has_groups else None,
        months_back,
    )


def compared_members_column(scope: QueryScope) -> str:
    """Return the name of the column of members that shows whether two sums of a group can be compared.

    They can if both sums have the same members in this column. In an exhaustive dataset it has the members whose figure
    has no value, as a member without any figure had no trade. In any other dataset it has the members with a known
    figure.
    """
    return "unknown_members" if scope.exhaustive else "members"


def base_figure(row: FromClause, scope: QueryScope) -> PeriodFigure:
    """Return the figure of a row a year before its period, the base of growth from a year earlier."""
    return period_figure(row, scope, BASE_PREFIX, months_back=MONTHS_PER_YEAR)


def comparable_change(current: PeriodFigure, *, base: PeriodFigure) -> SqlExpression:
    """Return the change from `base` to `current`, in the unit of both.

    Null unless both values are complete, fully known, and sums over the same members.
    """
    return case((_is_comparable(current, base=base), change(current.value, base=base.value)))


def membership_changed(current: PeriodFigure, *, base: PeriodFigure) -> SqlExpression | None:
    """Return the SQL condition that the sums of a group are over different members; null if members cannot differ."""
    if current.members is None or base.members is None:
        return None
    no_members = cast(array([]), ARRAY(SmallInteger))
    members, base_members = (func.coalesce(side.members, no_members) for side in (current, base))
    return members_differ(members, base_members=base_members)


def _is_comparable(current: PeriodFigure, *, base: PeriodFigure) -> SqlExpression:
    differ = membership_changed(current, base=base)
    are_whole = (is_whole(side.obs_status) for side in (current, base))
    return and_(current.is_complete, base.is_complete, *are_whole, *([] if differ is None else [not_(differ)]))


def has_growth(current: PeriodFigure, *, base: PeriodFigure) -> SqlExpression:
    """Return the SQL condition that `current` has growth in percent over `base`."""
    return and_(base.value > 0, _is_comparable(current, base=base))


def _growth_pct(current: PeriodFigure, *, base: PeriodFigure) -> SqlExpression:
    return case((has_growth(current, base=base), ratio(current.value - base.value, denominator=base.value)))


def _is_break(row: FromClause, scope: QueryScope, base: PeriodFigure) -> SqlExpression | None:
    """Return whether the base is of another commodity or area; null where it cannot be."""
    conditions = []
    if scope.editions is not None:
        conditions.append(is_series_break(row, scope, months_back=base.months_back))
    if scope.has_area_changes:
        conditions.append(is_area_break(row, scope, months_back=base.months_back, base_obs_status=base.obs_status))
    return or_(*conditions) if conditions else None


def _comparison_status(
    current: PeriodFigure, *, base: PeriodFigure, row: FromClause, scope: QueryScope
) -> SqlExpression:
    """Return the reason why a value has no growth over that of another period, or `ok`."""
    status = growth_status(
        current.value,
        base=base.value,
        obs_status=current.obs_status,
        base_obs_status=base.obs_status,
        is_complete=current.is_complete,
        is_base_complete=base.is_complete,
        membership_differs=membership_changed(current, base=base),
        is_break=_is_break(row, scope, base),
        is_recomposed=has_member_change(row, scope, months_back=base.months_back) if scope.recomposed_groups else None,
    )
    if COVERAGE_COLUMN in row.c:
        status = case((row.c[COVERAGE_COLUMN], status), else_="not_covered")
    if scope.editions is not None:
        status = case((is_series_break(row, scope, months_back=0), "series_break"), else_=status)
    return status

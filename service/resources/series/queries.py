"""Queries of /v1/series: time series with every growth field."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, and_, case, func, select

from service.analytics.figures.area_changes import has_member_change, is_area_break, is_changed_area
from service.analytics.figures.edition_conditions import is_changed_commodity
from service.analytics.figures.source import MEMBER_COLUMNS, OBSERVATION_COLUMNS, Figures, matches_periods
from service.analytics.measures.cumulative_sums import (
    CUMULATIVE_MEASURES,
    cumulative_sums,
    running_sums,
    window_breaks,
    window_flags,
)
from service.analytics.measures.growth import complete_growth_pct, currency_amount
from service.analytics.measures.growth_columns import BASE_PREFIX, UNCONVERTED_COLUMN
from service.analytics.measures.streaks import growth_direction, run_length, turning_point_flag
from service.analytics.measures.unit_values import QUANTITY_COLUMNS, UNIT_VALUE_COLUMNS, unit_value_columns
from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import ColumnFilter, Query, SqlExpression
from service.analytics.tables.compound_growth import VERSION_COLUMN, compound_growth
from service.analytics.tables.time_series import (
    lagged_columns,
    series_change,
    series_growth_columns,
    series_key,
    series_membership_changed,
    series_page,
    time_series,
)
from service.domain.frequencies import MONTHS_PER_YEAR

UNCHANGED_COLUMNS = (*(name for name in OBSERVATION_COLUMNS if name != "value"), *MEMBER_COLUMNS, "months")
FIRST_PERIOD_COLUMNS = ("period", "value", "months", "obs_status")
STREAK_COLUMNS = ("streak_direction", "streak_length")


def series_table(scope: QueryScope, page: Page) -> Query:
    """Select one page of the requested periods, each with all growth fields.

    SQL window functions run over all periods on which growth depends; afterwards rows are filtered to the requested
    periods. All windows have the same order, so that PostgreSQL sorts the rows once; only groups in a dataset that is
    not exhaustive need a second sort. Columns that the page does not need are not computed.
    """
    # A streak, and whether a selection covers the series, depend on the whole series.
    needs_whole_series = page.includes(*STREAK_COLUMNS) or not scope.exhaustive
    span = scope.published_span if needs_whole_series else scope.growth_span
    figures, is_needed = Figures(scope), _needed_columns(page)
    rows: CTE = time_series(scope, figures, is_needed=is_needed, span=span)
    measures = [name for name in CUMULATIVE_MEASURES if page.includes(f"{name}_value", f"{name}_pct")]
    if measures:
        rows = select(*rows.c, *running_sums(rows, scope, series=series_key(rows, scope))).cte("running_sum")
    sums = cumulative_sums(rows, scope, measures, series=series_key(rows, scope), first_period=span[0])
    comparison = select(*rows.c, *lagged_columns(rows, scope, is_needed=is_needed), *sums)
    comparison_rows = comparison.cte("comparison")
    unit_values = unit_value_columns(comparison_rows, scope) if page.includes(*UNIT_VALUE_COLUMNS) else []
    rows = _growth_rows(comparison_rows, scope, measures).add_columns(*unit_values).cte("growth")
    if page.includes(*STREAK_COLUMNS):
        rows = _streak_rows(_turn_rows(rows, scope).cte("turning_point_row"), scope).cte("streak")
    return series_page(page, scope).apply(_requested_periods(rows, scope, figures, page))


def _needed_columns(page: Page) -> ColumnFilter:
    """Return a filter of the columns that the page needs; unit values need the quantity."""
    quantities = QUANTITY_COLUMNS if page.includes(*UNIT_VALUE_COLUMNS) else ()
    return lambda name: name in quantities or page.includes(name)


def _growth_rows(series_rows: CTE, scope: QueryScope, measures: Sequence[str]) -> Query:
    period, series = series_rows.c.period, series_key(series_rows, scope)
    differ = series_membership_changed(series_rows, scope)
    membership_flags = {} if differ is None else window_flags(differ, scope, period=period, series=series)
    break_flags, area_flags = _break_flags(series_rows, scope), _area_flags(series_rows, scope)

    def value(name: str) -> SqlExpression:
        amount = currency_amount(series_rows.c[f"{name}_sum"], scope.unit_multiplier)
        return case((break_flags[name].is_not(True), amount)) if name in break_flags else amount

    def growth(name: str) -> SqlExpression:
        pct = complete_growth_pct(series_rows.c[f"{name}_sum"], base=series_rows.c[f"{name}_base"])
        flags = [each[name].is_not(True) for each in (membership_flags, break_flags, area_flags) if name in each]
        return (case((and_(*flags), pct)) if flags else pct).label(f"{name}_pct")

    optional_columns = [UNCONVERTED_COLUMN] if UNCONVERTED_COLUMN in series_rows.c else []
    columns: list[SqlExpression] = [series_rows.c[name] for name in (*UNCHANGED_COLUMNS, *optional_columns)]
    columns += [
        *series_growth_columns(series_rows, scope),
        growth_direction(series_change(series_rows, scope), value=series_rows.c.value).label("streak_direction"),
    ]
    for name in measures:
        columns += [value(name).label(f"{name}_value"), growth(name)]
    return select(*columns, *_commodity_version(series_rows, scope))


def _break_flags(series_rows: CTE, scope: QueryScope) -> dict[str, SqlExpression]:
    """Return for each of CUMULATIVE_MEASURES whether its commodity changes within the periods that are added up."""
    if scope.editions is None:
        return {}
    return window_breaks(
        is_changed_commodity(series_rows, scope),
        scope,
        period=series_rows.c.period,
        series=series_key(series_rows, scope),
    )


def _area_flags(series_rows: CTE, scope: QueryScope) -> dict[str, SqlExpression]:
    """Return for each of CUMULATIVE_MEASURES whether one of the periods has no base because its area has changed."""
    if not scope.has_area_changes:
        return {}
    base_obs_status = series_rows.c[f"{BASE_PREFIX}obs_status"]
    return window_flags(
        is_area_break(series_rows, scope, months_back=MONTHS_PER_YEAR, base_obs_status=base_obs_status)
        | has_member_change(series_rows, scope, months_back=MONTHS_PER_YEAR),
        scope,
        period=series_rows.c.period,
        series=series_key(series_rows, scope),
    )


def _commodity_version(series_rows: CTE, scope: QueryScope) -> list[SqlExpression]:
    """Return `commodity_version`, a number that increases along a series with each change of commodity or area.

    Nothing where there is only one edition, and no partner changes.
    """
    if scope.editions is None and not scope.has_area_changes:
        return []
    window: dict[str, Any] = {"partition_by": series_key(series_rows, scope), "order_by": series_rows.c.period}
    has_changed = is_changed_commodity(series_rows, scope) | is_changed_area(series_rows, scope)
    is_changed = case((has_changed, 1), else_=0)
    return [func.sum(is_changed).over(**window).label(VERSION_COLUMN)]


def _turn_rows(growth_rows: CTE, scope: QueryScope) -> Query:
    turns = turning_point_flag(
        growth_rows.c.streak_direction, period=growth_rows.c.period, series=series_key(growth_rows, scope)
    )
    return select(growth_rows, turns.label("turning_point"))


def _streak_rows(turn_rows: CTE, scope: QueryScope) -> Query:
    length = run_length(
        turn_rows.c.streak_direction,
        turning_point=turn_rows.c.turning_point,
        period=turn_rows.c.period,
        series=series_key(turn_rows, scope),
        period_months=scope.period_months,
    )
    return select(turn_rows, length.label("streak_length"))


def _requested_periods(rows: CTE, scope: QueryScope, figures: Figures, page: Page) -> Query:
    """Select the requested periods, with `cagr_pct` since the first of them."""
    requested = select(rows).where(matches_periods(rows.c.period, scope))
    if not page.includes("cagr_pct"):
        return requested
    first_row: dict[str, Any] = {"partition_by": series_key(rows, scope), "order_by": rows.c.period}
    names = [*FIRST_PERIOD_COLUMNS, *([VERSION_COLUMN] if VERSION_COLUMN in rows.c else [])]
    firsts = {name: func.first_value(rows.c[name]).over(**first_row) for name in names}
    row = requested.add_columns(*(first.label(f"first_{name}") for name, first in firsts.items())).subquery("requested")
    columns = [column for column in row.c if not column.name.startswith("first_")]
    return select(*columns, compound_growth(row, scope, figures).label("cagr_pct"))

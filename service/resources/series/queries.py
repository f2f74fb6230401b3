"""Queries of /v1/series: time series with every growth field."""

from typing import Any

from sqlalchemy import CTE, case, func, select

from service.analytics.figures.source import MEMBER_COLUMNS, OBSERVATION_COLUMNS, Figures, matches_periods
from service.analytics.measures.cumulative_sums import CUMULATIVE_MEASURES, cumulative_sums, running_sums, window_flags
from service.analytics.measures.growth import complete_growth_pct, currency_amount
from service.analytics.measures.growth_columns import UNCONVERTED_COLUMN
from service.analytics.measures.streaks import growth_direction, run_length, turning_point_flag
from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Query, SqlExpression
from service.analytics.tables.compound_growth import compound_growth
from service.analytics.tables.time_series import (
    lagged_columns,
    series_change,
    series_growth_columns,
    series_key,
    series_membership_changed,
    series_page,
    time_series,
)

UNCHANGED_COLUMNS = (*(name for name in OBSERVATION_COLUMNS if name != "value"), *MEMBER_COLUMNS, "months")
FIRST_PERIOD_COLUMNS = ("period", "value", "months", "obs_status")
STREAK_COLUMNS = ("streak_direction", "streak_length")


def series_table(scope: QueryScope, page: Page) -> Query:
    """Select one page of the requested periods, each with all growth fields.

    Windows run over all periods that growth depends on; rows are filtered to the requested periods after them. The
    windows share one order, except for groups of a selection, so that rows are sorted once. Columns that the page does
    not need are not computed.
    """
    # A streak, and whether a selection covers the series, depend on the whole series.
    needs_whole_series = page.includes(*STREAK_COLUMNS) or not scope.exhaustive
    span = scope.published_span if needs_whole_series else scope.growth_span
    figures = Figures(scope)
    rows: CTE = time_series(scope, figures, is_needed=page.includes, span=span)
    has_sums = page.includes(*(f"{name}_{kind}" for name in CUMULATIVE_MEASURES for kind in ("value", "pct")))
    if has_sums:
        rows = select(*rows.c, *running_sums(rows, scope, series=series_key(rows, scope))).cte("running_sum")
    sums = cumulative_sums(rows, scope, series=series_key(rows, scope), first_period=span[0]) if has_sums else ()
    comparison = select(*rows.c, *lagged_columns(rows, scope), *sums)
    rows = _growth_rows(comparison.cte("comparison"), scope, has_sums=has_sums).cte("growth")
    if page.includes(*STREAK_COLUMNS):
        rows = _streak_rows(_turn_rows(rows, scope).cte("turning_point_row"), scope).cte("streak")
    return series_page(page, scope).apply(_requested_periods(rows, scope, figures, page))


def _growth_rows(series_rows: CTE, scope: QueryScope, *, has_sums: bool) -> Query:
    period, series = series_rows.c.period, series_key(series_rows, scope)
    differ = series_membership_changed(series_rows, scope)
    membership_flags = (
        {} if differ is None else window_flags(differ, period=period, period_months=scope.period_months, series=series)
    )

    def growth(name: str) -> SqlExpression:
        pct = complete_growth_pct(series_rows.c[f"{name}_sum"], base=series_rows.c[f"{name}_base"])
        return (case((membership_flags[name].is_not(True), pct)) if name in membership_flags else pct).label(
            f"{name}_pct"
        )

    optional_columns = [UNCONVERTED_COLUMN] if UNCONVERTED_COLUMN in series_rows.c else []
    columns: list[SqlExpression] = [series_rows.c[name] for name in (*UNCHANGED_COLUMNS, *optional_columns)]
    columns += [
        *series_growth_columns(series_rows, scope),
        growth_direction(series_change(series_rows, scope), value=series_rows.c.value).label("streak_direction"),
    ]
    for name in CUMULATIVE_MEASURES if has_sums else ():
        columns += [
            currency_amount(series_rows.c[f"{name}_sum"], scope.unit_multiplier).label(f"{name}_value"),
            growth(name),
        ]
    return select(*columns)


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
    firsts = {name: func.first_value(rows.c[name]).over(**first_row) for name in FIRST_PERIOD_COLUMNS}
    row = requested.add_columns(*(first.label(f"first_{name}") for name, first in firsts.items())).subquery("requested")
    columns = [column for column in row.c if not column.name.startswith("first_")]
    return select(*columns, compound_growth(row, scope, figures).label("cagr_pct"))

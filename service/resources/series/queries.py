"""Series over time, gaps shown."""

from sqlalchemy import CTE, case, func, select

from service.analytics.figures.source import OBSERVATION_COLUMNS, Figures, matches_periods
from service.analytics.measures.cumulative_sums import CUMULATIVE_MEASURES, cumulative_sums, running_sums, window_flags
from service.analytics.measures.growth import complete_growth_pct, compound_growth_pct, currency_amount
from service.analytics.measures.streaks import growth_direction, run_length, turning_point_flag
from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Query, SqlExpression
from service.analytics.tables.time_series import (
    lagged_columns,
    series_change,
    series_growth_columns,
    series_key,
    series_membership_changed,
    series_page,
    time_series,
)

UNCHANGED_COLUMNS = (*(name for name in OBSERVATION_COLUMNS if name != "value"), "members", "months")
STREAK_COLUMNS = ("streak_direction", "streak_length")


def series_table(scope: QueryScope, page: Page) -> Query:
    """Select one page of the periods asked for, each with all growth fields.

    Windows run over all that growth is made of, and only then are rows narrowed to the periods asked for. They are in
    one order, but for groups of a selection, so that nothing is sorted twice; what the page does not need is left out.
    """
    # How long a series has grown, and whether it was ever printed, is told by all of it.
    whole = page.includes(*STREAK_COLUMNS) or not scope.exhaustive
    span = scope.published_span if whole else scope.growth_span
    rows: CTE = time_series(scope, Figures(scope), is_needed=page.includes, span=span)
    summed = page.includes(*(f"{name}_{kind}" for name in CUMULATIVE_MEASURES for kind in ("value", "pct")))
    if summed:
        rows = select(*rows.c, *running_sums(rows, scope, series=series_key(rows, scope))).cte("summed")
    added_up = cumulative_sums(rows, scope, series=series_key(rows, scope), first_period=span[0]) if summed else ()
    line = select(*rows.c, *lagged_columns(rows, scope), *added_up)
    rows = _growth_rows(line.cte("line"), scope, has_sums=summed).cte("grown")
    if page.includes(*STREAK_COLUMNS):
        rows = _streak_rows(_turn_rows(rows, scope).cte("run"), scope).cte("streak")
    return series_page(page, scope).apply(_requested_periods(rows, scope, page))


def _growth_rows(series_rows: CTE, scope: QueryScope, *, has_sums: bool) -> Query:
    period, series = series_rows.c.period, series_key(series_rows, scope)
    differ = series_membership_changed(series_rows, scope)
    unlike = (
        {} if differ is None else window_flags(differ, period=period, period_months=scope.period_months, series=series)
    )

    def growth(name: str) -> SqlExpression:
        pct = complete_growth_pct(series_rows.c[f"{name}_sum"], base=series_rows.c[f"{name}_base"])
        return (case((unlike[name].is_not(True), pct)) if name in unlike else pct).label(f"{name}_pct")

    columns: list[SqlExpression] = [series_rows.c[name] for name in UNCHANGED_COLUMNS]
    columns += [
        *series_growth_columns(series_rows, scope),
        growth_direction(series_change(series_rows, scope)).label("streak_direction"),
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
    return select(growth_rows, turns.label("turned"))


def _streak_rows(turn_rows: CTE, scope: QueryScope) -> Query:
    length = run_length(
        turn_rows.c.streak_direction,
        turning_point=turn_rows.c.turned,
        period=turn_rows.c.period,
        series=series_key(turn_rows, scope),
        period_months=scope.period_months,
    )
    return select(turn_rows, length.label("streak_length"))


def _requested_periods(rows: CTE, scope: QueryScope, page: Page) -> Query:
    """Select the periods asked for, with the growth since the first of them."""
    asked = select(rows).where(matches_periods(rows.c.period, scope))
    if not page.includes("cagr_pct"):
        return asked
    series, period = series_key(rows, scope), rows.c.period
    first_value = func.first_value(rows.c.value).over(partition_by=series, order_by=period)
    months = period - func.first_value(period).over(partition_by=series, order_by=period)
    return asked.add_columns(
        compound_growth_pct(rows.c.value, first_value=first_value, months=months).label("cagr_pct")
    )

"""Series over time, gaps shown."""

from sqlalchemy import CTE, case, func, select

from service.analytics.figures.source import COLUMNS, Figures, within_periods
from service.analytics.measures.cumulative_sums import SUMS, in_any_period, running_sums, sums
from service.analytics.measures.growth import complete_growth_pct, compound_growth_pct, in_units
from service.analytics.measures.streaks import direction, run_length, turned
from service.analytics.scope import Scope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Expression, Rows
from service.analytics.tables.time_series import (
    bases,
    every_cell,
    line_change,
    line_columns,
    line_of_other_members,
    page_of_line,
    series_of,
)

KEPT = (*(name for name in COLUMNS if name != "value"), "members", "months")
STREAK = ("streak_direction", "streak_length")


def series_line(scope: Scope, page: Page) -> Rows:
    """Select one page of the periods asked for, each with all growth fields.

    Windows run over all that growth is made of, and only then are rows narrowed to the periods asked for. They are in
    one order, but for groups of a selection, so that nothing is sorted twice; what the page does not need is left out.
    """
    # How long a series has grown, and whether it was ever printed, is told by all of it.
    whole = page.needs(*STREAK) or not scope.exhaustive
    span = scope.span if whole else scope.span_of_windows
    rows: CTE = every_cell(scope, Figures(scope), needs=page.needs, span=span)
    summed = page.needs(*(f"{name}_{kind}" for name in SUMS for kind in ("value", "pct")))
    if summed:
        rows = select(*rows.c, *running_sums(rows, scope, series=series_of(rows, scope))).cte("summed")
    added_up = sums(rows, scope, series=series_of(rows, scope), first=span[0]) if summed else ()
    line = select(*rows.c, *bases(rows, scope), *added_up)
    rows = _with_growth(line.cte("line"), scope, summed=summed).cte("grown")
    if page.needs(*STREAK):
        rows = _with_streaks(_with_turns(rows, scope).cte("run"), scope).cte("streak")
    return page_of_line(page, scope).of(_asked_periods(rows, scope, page))


def _with_growth(line: CTE, scope: Scope, *, summed: bool) -> Rows:
    period, series = line.c.period, series_of(line, scope)
    differ = line_of_other_members(line, scope)
    unlike = {} if differ is None else in_any_period(differ, period=period, step=scope.step, series=series)

    def growth(name: str) -> Expression:
        pct = complete_growth_pct(line.c[f"{name}_sum"], base=line.c[f"{name}_base"])
        return (case((unlike[name].is_not(True), pct)) if name in unlike else pct).label(f"{name}_pct")

    columns: list[Expression] = [line.c[name] for name in KEPT]
    columns += [*line_columns(line, scope), direction(line_change(line, scope)).label("streak_direction")]
    for name in SUMS if summed else ():
        columns += [in_units(line.c[f"{name}_sum"], scope.unit).label(f"{name}_value"), growth(name)]
    return select(*columns)


def _with_turns(grown: CTE, scope: Scope) -> Rows:
    turns = turned(grown.c.streak_direction, period=grown.c.period, series=series_of(grown, scope))
    return select(grown, turns.label("turned"))


def _with_streaks(runs: CTE, scope: Scope) -> Rows:
    length = run_length(
        runs.c.streak_direction,
        turned=runs.c.turned,
        period=runs.c.period,
        series=series_of(runs, scope),
        step=scope.step,
    )
    return select(runs, length.label("streak_length"))


def _asked_periods(rows: CTE, scope: Scope, page: Page) -> Rows:
    """Select the periods asked for, with the growth since the first of them."""
    asked = select(rows).where(within_periods(rows.c.period, scope))
    if not page.needs("cagr_pct"):
        return asked
    series, period = series_of(rows, scope), rows.c.period
    first_value = func.first_value(rows.c.value).over(partition_by=series, order_by=period)
    months = period - func.first_value(period).over(partition_by=series, order_by=period)
    return asked.add_columns(compound_growth_pct(rows.c.value, first=first_value, months=months).label("cagr_pct"))

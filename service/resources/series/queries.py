"""Series over time, gaps shown."""

from sqlalchemy import CTE, case, func, select

from service.analytics.cumulative import first_two_months, in_any_period, rolling_year, year_to_date
from service.analytics.expressions import Expression, Rows
from service.analytics.figures import COLUMNS, Figures, within_periods
from service.analytics.grid import series_asked
from service.analytics.growth import complete_growth_pct, compound_growth_pct
from service.analytics.line import bases, every_cell, line_change, line_columns, line_of_other_members, series_of
from service.analytics.ordering import Page
from service.analytics.scope import Scope
from service.analytics.streak import direction, run_length, turned

KEPT = (*(name for name in COLUMNS if name != "value"), "members", "months")
SUMS = ("ytd_value", "r12_value", "jan_feb_value")


def series_line(scope: Scope, page: Page) -> Rows:
    """Select one page of the periods asked for, each with all growth fields.

    Windows run over the whole store of each series, and only then is it narrowed to the periods asked for.
    """
    cell = every_cell(series_asked(scope).cte("series"), scope, Figures(scope), needs=page.needs)
    line = _with_windows(cell, scope).cte("line")
    grown = _with_growth(line, scope).cte("grown")
    runs = select(
        grown, turned(grown.c.streak_direction, period=grown.c.period, series=series_of(grown)).label("turned")
    )
    return page.of(_asked_periods(_with_streaks(runs.cte("run"), scope).cte("streak"), scope))


def _with_windows(cell: CTE, scope: Scope) -> Rows:
    value = case((cell.c.months == scope.step, cell.c.value * scope.unit))
    period, step, series = cell.c.period, scope.step, series_of(cell)
    return select(
        *cell.c,
        *bases(cell, scope),
        year_to_date(value, period=period, step=step, series=series).label("ytd_value"),
        rolling_year(value, period=period, step=step, series=series).label("r12_value"),
        first_two_months(value, period=period, step=step, series=series).label("jan_feb_value"),
    )


def _with_growth(line: CTE, scope: Scope) -> Rows:
    period, series = line.c.period, series_of(line)
    differ = line_of_other_members(line, scope)
    unlike = {} if differ is None else in_any_period(differ, period=period, step=scope.step, series=series)

    def growth(name: str) -> Expression:
        base = func.lag(line.c[name], scope.periods_per_year).over(partition_by=series, order_by=period)
        pct = complete_growth_pct(line.c[name], base=base)
        like_with_like = case((unlike[name].is_not(True), pct)) if name in unlike else pct
        return like_with_like.label(name.replace("_value", "_pct"))

    change = direction(line_change(line, scope))
    kept = [line.c[name] for name in (*KEPT, *SUMS)]
    growths = [growth(name) for name in SUMS]
    return select(*kept, *line_columns(line, scope), *growths, change.label("streak_direction"))


def _with_streaks(runs: CTE, scope: Scope) -> Rows:
    length = run_length(
        runs.c.streak_direction, turned=runs.c.turned, period=runs.c.period, series=series_of(runs), step=scope.step
    )
    return select(runs, length.label("streak_length"))


def _asked_periods(rows: CTE, scope: Scope) -> Rows:
    """Select the periods asked for, with the growth since the first of them."""
    series, period = series_of(rows), rows.c.period
    first_value = func.first_value(rows.c.value).over(partition_by=series, order_by=period)
    months = period - func.first_value(period).over(partition_by=series, order_by=period)
    cagr_pct = compound_growth_pct(rows.c.value, first=first_value, months=months)
    return select(rows, cagr_pct.label("cagr_pct")).where(within_periods(rows.c.period, scope))

"""Series over time, gaps shown."""

from sqlalchemy import (
    CTE,
    case,
    exists,
    func,
    literal,
    select,
)

from service.analytics.comparison import compared
from service.analytics.cumulative import first_two_months, rolling_year, year_to_date
from service.analytics.expressions import Expression, Rows
from service.analytics.figures import Figures, published_periods, within_periods
from service.analytics.grid import cells_of, every_period, series_asked
from service.analytics.growth import complete_growth_pct, compound_growth_pct
from service.analytics.ordering import Page
from service.analytics.scope import Scope
from service.analytics.streak import direction, run_length, run_number, turned

SERIES = ("flow", "partner_id", "commodity_id")


def series_line(scope: Scope, page: Page) -> Rows:
    """Select one page of the periods asked for, each with all growth fields.

    Windows run over the whole store of each series, and only then is it narrowed to the periods asked for.
    """
    figures = Figures(scope)
    cells = _every_period(_series_asked(scope, figures), scope, figures)
    line = compared(cells, scope, figures, keep=["printed"]).cte("line")
    windowed = _with_windows(line, scope).cte("windowed")
    compared_windows = _with_window_growth(windowed, scope).cte("compared_window")
    runs = _with_runs(compared_windows).cte("run")
    return page.of(_asked_periods(_with_streaks(runs).cte("streak"), scope))


def _series_asked(scope: Scope, figures: Figures) -> CTE:
    """Return flow, partner, commodity of each series, and whether the dataset ever prints it."""
    key = series_asked(scope).subquery("key")
    printed = figures.named("ever_printed")
    is_printed = exists().where(*(printed.c[column] == key.c[column] for column in SERIES))
    return select(key, is_printed.label("printed")).cte("series")


def _every_period(series: CTE, scope: Scope, figures: Figures) -> CTE:
    """Return a cell for each series and each period from the first to the last that was published."""
    span = published_periods(scope, name="span")
    first, last = select(func.min(span.c.period)), select(func.max(span.c.period))
    bounds = first.scalar_subquery(), last.scalar_subquery()
    return cells_of(every_period(series, scope, *bounds), scope, figures, name="cell")


def _with_windows(line: CTE, scope: Scope) -> Rows:
    value, period, series = line.c.value, line.c.period, _series(line)
    printed_or_zero = line.c.printed | literal(scope.exhaustive)
    statuses = ("yoy_status", "pop_status")
    own = [column for column in line.c if column.name not in statuses]
    return select(
        *own,
        *(case((printed_or_zero, line.c[name]), else_="not_covered").label(name) for name in statuses),
        year_to_date(value, period=period, step=scope.step, series=series).label("ytd_value"),
        rolling_year(value, period=period, step=scope.step, series=series).label("r12_value"),
        first_two_months(value, period=period, step=scope.step, series=series).label("jan_feb_value"),
        direction(line.c.yoy_change).label("streak_direction"),
    )


def _with_window_growth(windowed: CTE, scope: Scope) -> Rows:
    period, series = windowed.c.period, _series(windowed)

    def growth(name: str) -> Expression:
        value = windowed.c[name]
        year_before = func.lag(value, scope.periods_per_year).over(partition_by=series, order_by=period)
        return complete_growth_pct(value, base=year_before)

    return select(
        windowed,
        growth("ytd_value").label("ytd_pct"),
        growth("r12_value").label("r12_pct"),
        growth("jan_feb_value").label("jan_feb_pct"),
        turned(windowed.c.streak_direction, period=period, series=series).label("turned"),
    )


def _with_runs(rows: CTE) -> Rows:
    return select(rows, run_number(rows.c.turned, period=rows.c.period, series=_series(rows)).label("run"))


def _with_streaks(runs: CTE) -> Rows:
    length = run_length(runs.c.streak_direction, run=runs.c.run, period=runs.c.period, series=_series(runs))
    return select(runs, length.label("streak_length"))


def _asked_periods(rows: CTE, scope: Scope) -> Rows:
    """Select the periods asked for, with the growth since the first of them."""
    series, period = _series(rows), rows.c.period
    first_value = func.first_value(rows.c.value).over(partition_by=series, order_by=period)
    months = period - func.first_value(period).over(partition_by=series, order_by=period)
    cagr_pct = compound_growth_pct(rows.c.value, first=first_value, months=months)
    return select(rows, cagr_pct.label("cagr_pct")).where(within_periods(rows.c.period, scope))


def _series(rows: CTE) -> list[Expression]:
    return [rows.c.flow, rows.c.partner_id, rows.c.commodity_id]

"""Cumulative sums: the calendar year to date, the fiscal year to date, the last 12 months, and January with February.

A sum is null unless each of the added periods is complete. It is the difference of two running totals, so that
PostgreSQL sorts the rows once for all sums and adds up each value once.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, FromClause, Integer, and_, case, cast, false, func, not_, or_, true

from service.analytics.measures.growth_columns import BASE_PREFIX
from service.analytics.measures.observation_status import is_whole
from service.analytics.scope import QueryScope
from service.analytics.sql.calendar import months_since_january, months_since_year_start, year_number
from service.analytics.sql.types import SqlExpression
from service.domain.frequencies import MONTHS_PER_YEAR

CUMULATIVE_MEASURES = ("ytd", "fytd", "r12", "jan_feb")


def running_sums(cell: FromClause, scope: QueryScope, *, series: list[SqlExpression]) -> list[SqlExpression]:
    """Return the columns `running_total` and `last_missing_period`, from which `cumulative_sums` computes sums.

    `running_total` is the sum of all values of the series up to the row, `last_missing_period` the last period up to
    the row without a complete value. `series` are the columns that identify a series. Where the base of a row is not
    the value in the row a year earlier (see `QueryScope.has_dated_bases`), the same two columns follow for the bases;
    their names begin with BASE_PREFIX.
    """
    prefixes = ("", BASE_PREFIX) if scope.has_dated_bases else ("",)
    return [column for prefix in prefixes for column in _running_sum(cell, scope, prefix, series=series)]


def _running_sum(
    cell: FromClause, scope: QueryScope, prefix: str, *, series: list[SqlExpression]
) -> list[SqlExpression]:
    is_known = and_(cell.c[f"{prefix}months"] == scope.period_months, is_whole(cell.c[f"{prefix}obs_status"]))
    value = case((is_known, cell.c[f"{prefix}value"]))
    running_rows: dict[str, Any] = {"partition_by": series, "order_by": cell.c.period, "rows": (None, 0)}
    total = func.coalesce(func.sum(value).over(**running_rows), 0)
    # Figures below 10^16 (ingest/validation/record.py) fit for 76 years of months; sums of many members may not.
    fits_bigint = not scope.has_groups and scope.conversion is None
    last_missing_period = func.max(case((value.is_(None), cell.c.period))).over(**running_rows)
    return [
        (cast(total, BigInteger) if fits_bigint else total).label(f"{prefix}running_total"),
        last_missing_period.label(f"{prefix}last_missing_period"),
    ]


def cumulative_sums(
    cell: FromClause, scope: QueryScope, measures: Sequence[str], *, series: list[SqlExpression], first_period: int
) -> list[SqlExpression]:
    """Return each of `measures` as `..._sum`, and the same sum a year earlier as `..._base`, both in stored units.

    The measures are some of CUMULATIVE_MEASURES: `ytd` adds up January to the period of the row, `fytd` the first month
    of the fiscal year to the period, `r12` the last 12 months, and `jan_feb` January and February, in the row of
    February (null in any other). `cell` has the columns of `running_sums`, and `first_period` is its first period.
    `series` are the columns that identify a series.
    """
    values = _WindowSum(cell, series, first_period=first_period)
    # The base of a dated group is in the row itself; that of any other series in the row a year earlier.
    bases, periods_back = (
        (_WindowSum(cell, series, first_period=first_period, prefix=BASE_PREFIX), 0)
        if scope.has_dated_bases
        else (values, scope.periods_per_year)
    )
    periods = {name: _sum_periods(name, cell.c.period, scope) for name in measures}
    return [
        case((periods[name].is_defined, window(periods[name], scope, periods_back=back))).label(f"{name}_{suffix}")
        for suffix, window, back in (("sum", values, 0), ("base", bases, periods_back))
        for name in measures
    ]


class _SumPeriods(NamedTuple):
    """The periods that a measure adds up in a row: their number, the first of them, and whether the row has any."""

    number: SqlExpression | int
    first: SqlExpression
    is_defined: SqlExpression = true()


def _sum_periods(name: str, period: SqlExpression, scope: QueryScope) -> _SumPeriods:
    """Return the periods that one of CUMULATIVE_MEASURES adds up in the row of a period."""
    if name == "r12":
        return _SumPeriods(scope.periods_per_year, period - (MONTHS_PER_YEAR - scope.period_months))
    if name == "jan_feb":
        is_february = months_since_january(period) == 1 if scope.period_months == 1 else false()
        return _SumPeriods(2, period - 1, is_february)
    year_offset = _year_offset(name, scope)
    months = months_since_year_start(period, start_offset=year_offset)
    # A fiscal year can begin within a quarter or a year, and a calendar year within a fiscal year.
    has_whole_periods = true() if (year_offset - scope.period_offset) % scope.period_months == 0 else false()
    return _SumPeriods(months // scope.period_months + 1, period - months, has_whole_periods)


def _year_offset(name: str, scope: QueryScope) -> int:
    """Return how many months after January the year of a measure begins."""
    return scope.fiscal_year_offset if name == "fytd" else 0


class _WindowSum:
    """Sums over consecutive periods of a series, from the running totals whose names begin with `prefix`."""

    def __init__(self, cell: FromClause, series: list[SqlExpression], *, first_period: int, prefix: str = "") -> None:
        self._cell, self._first_period, self._prefix = cell, first_period, prefix
        self._window: dict[str, Any] = {"partition_by": series, "order_by": cell.c.period}

    def __call__(self, periods: _SumPeriods, scope: QueryScope, *, periods_back: int) -> SqlExpression:
        """Return the sum of `periods`, each `periods_back` periods earlier.

        Null unless each of them has a complete value.
        """
        first_period = periods.first - periods_back * scope.period_months
        missing = self._lag("last_missing_period", periods_back)
        is_complete = and_(first_period >= self._first_period, or_(missing.is_(None), missing < first_period))
        end_total = self._lag("running_total", periods_back)
        start_total = self._lag("running_total", periods.number + periods_back, 0)
        return case((is_complete, end_total - start_total))

    def _lag(self, name: str, periods_back: SqlExpression | int, *default: int) -> SqlExpression:
        column = self._cell.c[f"{self._prefix}{name}"]
        if isinstance(periods_back, int) and periods_back == 0:
            return column
        return func.lag(column, cast(periods_back, Integer), *default, type_=column.type).over(**self._window)


def window_breaks(
    flag: SqlExpression, scope: QueryScope, *, period: SqlExpression, series: list[SqlExpression]
) -> dict[str, SqlExpression]:
    """Return, for each of CUMULATIVE_MEASURES, the SQL condition that a break lies between the periods that it adds up.

    `flag` marks a row that cannot be compared with its previous period, so that a mark on the first of these periods is
    no break between them. `series` are the columns that identify a series.
    """
    following_periods: dict[str, Any] = {
        "partition_by": series,
        "order_by": period,
        "rows": (2 - scope.periods_per_year, 0),
    }

    def is_in_year(name: str) -> SqlExpression:
        is_first = months_since_year_start(period, start_offset=_year_offset(name, scope)) == 0
        return func.bool_or(and_(flag, not_(is_first))).over(**_year_window(name, scope, period, series))

    return {
        "ytd": is_in_year("ytd"),
        "fytd": is_in_year("fytd"),
        "r12": func.bool_or(flag).over(**following_periods) if scope.periods_per_year > 1 else false(),
        "jan_feb": flag,
    }


def window_flags(
    flag: SqlExpression, scope: QueryScope, *, period: SqlExpression, series: list[SqlExpression]
) -> dict[str, SqlExpression]:
    """Return, by measure of CUMULATIVE_MEASURES, the SQL condition that `flag` is true in any of the added periods.

    `series` are the columns that identify a series.
    """
    january = func.lag(flag).over(partition_by=series, order_by=period)
    last_year: dict[str, Any] = {"partition_by": series, "order_by": period, "rows": (1 - scope.periods_per_year, 0)}
    return {
        "ytd": func.bool_or(flag).over(**_year_window("ytd", scope, period, series)),
        "fytd": func.bool_or(flag).over(**_year_window("fytd", scope, period, series)),
        "r12": func.bool_or(flag).over(**last_year),
        "jan_feb": flag | func.coalesce(january, False),
    }


def _year_window(name: str, scope: QueryScope, period: SqlExpression, series: list[SqlExpression]) -> dict[str, Any]:
    """Return the window of the periods from the start of a measure's year to the row."""
    year = year_number(period, start_offset=_year_offset(name, scope))
    return {"partition_by": [*series, year], "order_by": period}

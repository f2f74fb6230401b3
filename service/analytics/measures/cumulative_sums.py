"""Sums over the last periods of a series and their growth: year to date, last 12 months, January and February.

A sum is null unless every one of its periods is complete. Each is the difference of two running totals, so that one
order of the rows serves them all, and a row is added up once.
"""

from typing import Any

from sqlalchemy import BigInteger, FromClause, Integer, and_, case, cast, false, func, not_, or_

from service.analytics.measures.growth_columns import BASE_PREFIX
from service.analytics.measures.observation_status import is_whole
from service.analytics.scope import QueryScope
from service.analytics.sql.calendar import calendar_year, first_month_of_period, months_since_january
from service.analytics.sql.types import SqlExpression
from service.domain.frequencies import MONTHS_PER_YEAR

CUMULATIVE_MEASURES = ("ytd", "r12", "jan_feb")


def running_sums(cell: FromClause, scope: QueryScope, *, series: list[SqlExpression]) -> list[SqlExpression]:
    """Return `running_total`, the sum of all values up to a period, and `last_missing_period`.

    The latter is the last period up to the row without a complete value. Of groups with a dated composition also the
    same of the bases, prefixed: they are sums over other members than the values a year before.
    """
    prefixes = ("", BASE_PREFIX) if scope.has_dated_bases else ("",)
    return [column for prefix in prefixes for column in _running_sum(cell, scope, prefix, series=series)]


def _running_sum(
    cell: FromClause, scope: QueryScope, prefix: str, *, series: list[SqlExpression]
) -> list[SqlExpression]:
    is_known = and_(cell.c[f"{prefix}months"] == scope.period_months, is_whole(cell.c[f"{prefix}obs_status"]))
    value = case((is_known, cell.c[f"{prefix}value"]))
    up_to_row: dict[str, Any] = {"partition_by": series, "order_by": cell.c.period, "rows": (None, 0)}
    total = func.coalesce(func.sum(value).over(**up_to_row), 0)
    # Figures below 10^16 (ingest/validation/record.py) fit for 76 years of months; sums of many members may not.
    fits_bigint = not scope.has_groups and scope.conversion is None
    last_missing_period = func.max(case((value.is_(None), cell.c.period))).over(**up_to_row)
    return [
        (cast(total, BigInteger) if fits_bigint else total).label(f"{prefix}running_total"),
        last_missing_period.label(f"{prefix}last_missing_period"),
    ]


def cumulative_sums(
    cell: FromClause, scope: QueryScope, *, series: list[SqlExpression], first_period: int
) -> list[SqlExpression]:
    """Return each of CUMULATIVE_MEASURES, in stored units, as `..._sum`, and its base a year before as `..._base`.

    They are January to the period, the last 12 months, and January and February in the row of February (null in any
    other). `cell` has the columns of `running_sums`; its first period is `first_period`.
    """
    period, periods_per_year = cell.c.period, scope.periods_per_year
    january = first_month_of_period(period, period_months=MONTHS_PER_YEAR)
    periods_since_january = months_since_january(period) // scope.period_months + 1
    values = _WindowSum(cell, series, first_period=first_period)
    # The base of a dated group is in the row itself; that of any other series in the row a year before.
    bases, periods_back = (
        (_WindowSum(cell, series, first_period=first_period, prefix=BASE_PREFIX), 0)
        if scope.has_dated_bases
        else (values, periods_per_year)
    )
    sums: list[SqlExpression] = []
    for suffix, window, back in (("sum", values, 0), ("base", bases, periods_back)):
        months = back * scope.period_months
        year_start = period - (months + MONTHS_PER_YEAR - scope.period_months)
        two_months = window(2, first_period=period - (months + 1), periods_back=back)
        is_february = months_since_january(period) == 1 if scope.period_months == 1 else false()
        sums += [
            window(periods_since_january, first_period=january - months, periods_back=back).label(f"ytd_{suffix}"),
            window(periods_per_year, first_period=year_start, periods_back=back).label(f"r12_{suffix}"),
            case((is_february, two_months)).label(f"jan_feb_{suffix}"),
        ]
    return sums


class _WindowSum:
    """Sums over consecutive periods of a series, from the running totals whose names begin with `prefix`."""

    def __init__(self, cell: FromClause, series: list[SqlExpression], *, first_period: int, prefix: str = "") -> None:
        self._cell, self._first_period, self._prefix = cell, first_period, prefix
        self._window: dict[str, Any] = {"partition_by": series, "order_by": cell.c.period}

    def __call__(
        self, period_count: SqlExpression | int, *, first_period: SqlExpression, periods_back: int
    ) -> SqlExpression:
        """Return the sum of `period_count` periods from `first_period` to `periods_back` periods before the row's.

        Null unless each of them has a complete value.
        """
        missing = self._lag("last_missing_period", periods_back)
        is_complete = and_(first_period >= self._first_period, or_(missing.is_(None), missing < first_period))
        end_total = self._lag("running_total", periods_back)
        start_total = self._lag("running_total", period_count + periods_back, 0)
        return case((is_complete, end_total - start_total))

    def _lag(self, name: str, periods_back: SqlExpression | int, *default: int) -> SqlExpression:
        column = self._cell.c[f"{self._prefix}{name}"]
        if isinstance(periods_back, int) and periods_back == 0:
            return column
        return func.lag(column, cast(periods_back, Integer), *default, type_=column.type).over(**self._window)


def window_breaks(
    flag: SqlExpression, *, period: SqlExpression, period_months: int, series: list[SqlExpression]
) -> dict[str, SqlExpression]:
    """Return for each of CUMULATIVE_MEASURES whether `flag` is true in any of its periods but the first."""
    since_january: dict[str, Any] = {"partition_by": [*series, calendar_year(period)], "order_by": period}
    following_periods: dict[str, Any] = {
        "partition_by": series,
        "order_by": period,
        "rows": (2 - MONTHS_PER_YEAR // period_months, 0),
    }
    is_january = months_since_january(period) == 0
    return {
        "ytd": func.bool_or(and_(flag, not_(is_january))).over(**since_january),
        "r12": func.bool_or(flag).over(**following_periods) if period_months < MONTHS_PER_YEAR else false(),
        "jan_feb": flag,
    }


def window_flags(
    flag: SqlExpression, *, period: SqlExpression, period_months: int, series: list[SqlExpression]
) -> dict[str, SqlExpression]:
    """Return for each of CUMULATIVE_MEASURES whether `flag` is true in any of its periods."""
    january = func.lag(flag).over(partition_by=series, order_by=period)
    since_january: dict[str, Any] = {"partition_by": [*series, calendar_year(period)], "order_by": period}
    last_year: dict[str, Any] = {
        "partition_by": series,
        "order_by": period,
        "rows": (1 - MONTHS_PER_YEAR // period_months, 0),
    }
    return {
        "ytd": func.bool_or(flag).over(**since_january),
        "r12": func.bool_or(flag).over(**last_year),
        "jan_feb": flag | func.coalesce(january, False),
    }

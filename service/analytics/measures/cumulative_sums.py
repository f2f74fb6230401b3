"""Sums over the last periods of a series, null unless each of these was published whole, and their growth.

Each is the difference of two running sums: all of them are then found in one order, and a row is added up once.
"""

from typing import Any

from sqlalchemy import BigInteger, FromClause, Integer, and_, case, cast, false, func, or_

from service.analytics.scope import QueryScope
from service.analytics.sql.calendar import calendar_year, first_month_of_period, months_since_january
from service.analytics.sql.types import SqlExpression
from service.domain.frequencies import MONTHS_PER_YEAR

CUMULATIVE_MEASURES = ("ytd", "r12", "jan_feb")


def running_sums(cell: FromClause, scope: QueryScope, *, series: list[SqlExpression]) -> list[SqlExpression]:
    """Return `so_far`, the sum of all values up to a period, and `last_gap`, the last period that has no whole one."""
    value = case((cell.c.months == scope.period_months, cell.c.value))
    up_to_now: dict[str, Any] = {"partition_by": series, "order_by": cell.c.period, "rows": (None, 0)}
    so_far = func.coalesce(func.sum(value).over(**up_to_now), 0)
    # Figures below 10^16 (ingest/validation/record.py) fit for 76 years of months; sums of many members may not.
    of_single_figures = not scope.has_groups and scope.conversion is None
    last_gap = func.max(case((value.is_(None), cell.c.period))).over(**up_to_now)
    return [
        (cast(so_far, BigInteger) if of_single_figures else so_far).label("so_far"),
        last_gap.label("last_gap"),
    ]


def cumulative_sums(
    cell: FromClause, scope: QueryScope, *, series: list[SqlExpression], first_period: int
) -> list[SqlExpression]:
    """Return each of SUMS, in stored units, as `..._sum`, and as `..._base` that of the same periods a year before.

    From January to the period; the last 12 months; and January and February in the row of February, null in any other.
    `cell` has the columns of `running_sums`, and its first period is `first`.
    """
    period, year = cell.c.period, scope.periods_per_year
    january = first_month_of_period(period, period_months=MONTHS_PER_YEAR)
    since_january = months_since_january(period) // scope.period_months + 1
    last = _WindowSum(cell, series, first_period=first_period)
    found: list[SqlExpression] = []
    for end, back in (("sum", 0), ("base", year)):
        months = back * scope.period_months
        of_two = last(2, first_period=period - (months + 1), periods_back=back)
        found += [
            last(since_january, first_period=january - months, periods_back=back).label(f"ytd_{end}"),
            last(year, first_period=period - (months + MONTHS_PER_YEAR - scope.period_months), periods_back=back).label(
                f"r12_{end}"
            ),
            case((months_since_january(period) == 1 if scope.period_months == 1 else false(), of_two)).label(
                f"jan_feb_{end}"
            ),
        ]
    return found


class _WindowSum:
    """Adds up periods of a series."""

    def __init__(self, cell: FromClause, series: list[SqlExpression], *, first_period: int) -> None:
        self._cell, self._first_period = cell, first_period
        self._window: dict[str, Any] = {"partition_by": series, "order_by": cell.c.period}

    def __call__(
        self, period_count: SqlExpression | int, *, first_period: SqlExpression, periods_back: int
    ) -> SqlExpression:
        """Return the sum of `count` periods that begin with `first` and end `back` periods before the row's.

        Null unless there is a value in each.
        """
        gap = self._lag("last_gap", periods_back)
        complete = and_(first_period >= self._first_period, or_(gap.is_(None), gap < first_period))
        return case(
            (complete, self._lag("so_far", periods_back, 0) - self._lag("so_far", period_count + periods_back, 0))
        )

    def _lag(self, name: str, periods_back: SqlExpression | int, *default: int) -> SqlExpression:
        column = self._cell.c[name]
        if isinstance(periods_back, int) and periods_back == 0:
            return column
        return func.lag(column, cast(periods_back, Integer), *default, type_=column.type).over(**self._window)


def window_flags(
    flag: SqlExpression, *, period: SqlExpression, period_months: int, series: list[SqlExpression]
) -> dict[str, SqlExpression]:
    """Return for each of SUMS whether `flag` is true in any of the periods that it is of."""
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

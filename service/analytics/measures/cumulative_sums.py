"""Sums over the last periods of a series, null unless each of these was published whole, and their growth.

Each is the difference of two running sums: all of them are then found in one order, and a row is added up once.
"""

from typing import Any

from sqlalchemy import BigInteger, FromClause, Integer, and_, case, cast, false, func, or_

from service.analytics.scope import Scope
from service.analytics.sql.types import Expression
from service.domain.frequencies import YEAR

SUMS = ("ytd", "r12", "jan_feb")


def running_sums(cell: FromClause, scope: Scope, *, series: list[Expression]) -> list[Expression]:
    """Return `so_far`, the sum of all values up to a period, and `last_gap`, the last period that has no whole one."""
    value = case((cell.c.months == scope.step, cell.c.value))
    up_to_now: dict[str, Any] = {"partition_by": series, "order_by": cell.c.period, "rows": (None, 0)}
    so_far = func.coalesce(func.sum(value).over(**up_to_now), 0)
    # Figures below 10^16 (ingest/validation/record.py) fit for 76 years of months; sums of many members may not.
    of_single_figures = not scope.has_groups and scope.conversion is None
    last_gap = func.max(case((value.is_(None), cell.c.period))).over(**up_to_now)
    return [
        (cast(so_far, BigInteger) if of_single_figures else so_far).label("so_far"),
        last_gap.label("last_gap"),
    ]


def sums(cell: FromClause, scope: Scope, *, series: list[Expression], first: int) -> list[Expression]:
    """Return each of SUMS, in stored units, as `..._sum`, and as `..._base` that of the same periods a year before.

    From January to the period; the last 12 months; and January and February in the row of February, null in any other.
    `cell` has the columns of `running_sums`, and its first period is `first`.
    """
    period, year = cell.c.period, scope.periods_per_year
    january, since_january = period - period % YEAR, period % YEAR // scope.step + 1
    last = _Periods(cell, series, since=first)
    found: list[Expression] = []
    for end, back in (("sum", 0), ("base", year)):
        months = back * scope.step
        of_two = last(2, first=period - (months + 1), back=back)
        found += [
            last(since_january, first=january - months, back=back).label(f"ytd_{end}"),
            last(year, first=period - (months + YEAR - scope.step), back=back).label(f"r12_{end}"),
            case((period % YEAR == 1 if scope.step == 1 else false(), of_two)).label(f"jan_feb_{end}"),
        ]
    return found


class _Periods:
    """Adds up periods of a series."""

    def __init__(self, cell: FromClause, series: list[Expression], *, since: int) -> None:
        self._cell, self._since = cell, since
        self._order: dict[str, Any] = {"partition_by": series, "order_by": cell.c.period}

    def __call__(self, count: Expression | int, *, first: Expression, back: int) -> Expression:
        """Return the sum of `count` periods that begin with `first` and end `back` periods before the row's.

        Null unless there is a value in each.
        """
        gap = self._back("last_gap", back)
        complete = and_(first >= self._since, or_(gap.is_(None), gap < first))
        return case((complete, self._back("so_far", back, 0) - self._back("so_far", count + back, 0)))

    def _back(self, name: str, back: Expression | int, *otherwise: int) -> Expression:
        column = self._cell.c[name]
        if isinstance(back, int) and back == 0:
            return column
        return func.lag(column, cast(back, Integer), *otherwise, type_=column.type).over(**self._order)


def in_any_period(
    flag: Expression, *, period: Expression, step: int, series: list[Expression]
) -> dict[str, Expression]:
    """Return for each of SUMS whether `flag` is true in any of the periods that it is of."""
    january = func.lag(flag).over(partition_by=series, order_by=period)
    since_january: dict[str, Any] = {"partition_by": [*series, period // YEAR], "order_by": period}
    last_year: dict[str, Any] = {"partition_by": series, "order_by": period, "rows": (1 - YEAR // step, 0)}
    return {
        "ytd": func.bool_or(flag).over(**since_january),
        "r12": func.bool_or(flag).over(**last_year),
        "jan_feb": flag | func.coalesce(january, False),
    }

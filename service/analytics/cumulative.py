"""Sums over a window of a series, null unless the window is complete, and their growth."""

from typing import Any

from sqlalchemy import BigInteger, case, cast, func, null

from service.analytics.expressions import Expression
from service.analytics.scope import YEAR


def year_to_date(value: Expression, *, period: Expression, step: int, series: list[Expression]) -> Expression:
    """Return the sum from January to the period, null where a month of it is missing."""
    position = period % YEAR // step + 1
    return _complete(value, count=position, window=_since_january(period, series))


def rolling_year(value: Expression, *, period: Expression, step: int, series: list[Expression]) -> Expression:
    """Return the sum of the last 12 months, null where one of them is missing."""
    return _complete(value, count=YEAR // step, window=_last_year(period, step, series))


def first_two_months(value: Expression, *, period: Expression, step: int, series: list[Expression]) -> Expression:
    """Return January and February together, in the row of February; null in any other and unless both are there."""
    if step != 1:
        return cast(null(), BigInteger)
    january = func.lag(value).over(partition_by=series, order_by=period)
    return case((period % YEAR == 1, january + value))


def in_any_period(
    flag: Expression, *, period: Expression, step: int, series: list[Expression]
) -> dict[str, Expression]:
    """Return by the name of each of the sums above whether `flag` is true in any of the periods that it is of."""
    january = func.lag(flag).over(partition_by=series, order_by=period)
    return {
        "ytd_value": func.bool_or(flag).over(**_since_january(period, series)),
        "r12_value": func.bool_or(flag).over(**_last_year(period, step, series)),
        "jan_feb_value": flag | func.coalesce(january, False),
    }


def _since_january(period: Expression, series: list[Expression]) -> dict[str, Any]:
    return {"partition_by": [*series, period // YEAR], "order_by": period}


def _last_year(period: Expression, step: int, series: list[Expression]) -> dict[str, Any]:
    return {"partition_by": series, "order_by": period, "rows": (1 - YEAR // step, 0)}


def _complete(value: Expression, *, count: Expression | int, window: dict[str, Any]) -> Expression:
    present: Expression = func.count(value).over(**window)
    return case((present == count, func.sum(value).over(**window)))

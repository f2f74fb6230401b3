"""Sums over a window of a series, null unless the window is complete, and their growth."""

from sqlalchemy import BigInteger, case, cast, func, null

from service.analytics.expressions import Expression
from service.analytics.scope import YEAR


def year_to_date(value: Expression, *, period: Expression, step: int, series: list[Expression]) -> Expression:
    """Return the sum from January to the period, null where a month of it is missing."""
    year = period // YEAR
    window = {"partition_by": [*series, year], "order_by": period}
    position = period % YEAR // step + 1
    return _complete(value, count=position, window=window)


def rolling_year(value: Expression, *, period: Expression, step: int, series: list[Expression]) -> Expression:
    """Return the sum of the last 12 months, null where one of them is missing."""
    in_year = YEAR // step
    window = {"partition_by": series, "order_by": period, "rows": (1 - in_year, 0)}
    return _complete(value, count=in_year, window=window)


def first_two_months(value: Expression, *, period: Expression, step: int, series: list[Expression]) -> Expression:
    """Return January and February together, in the row of February; null in any other and unless both are there."""
    if step != 1:
        return cast(null(), BigInteger)
    january = func.lag(value).over(partition_by=series, order_by=period)
    return case((period % YEAR == 1, january + value))


def _complete(value: Expression, *, count: Expression | int, window: dict[str, object]) -> Expression:
    present: Expression = func.count(value).over(**window)  # type: ignore[arg-type]
    return case((present == count, func.sum(value).over(**window)))  # type: ignore[arg-type]

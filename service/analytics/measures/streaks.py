"""How many periods in a row a series has grown or fallen."""

from sqlalchemy import Integer, case, cast, func

from service.analytics.sql.types import Expression


def direction(change: Expression) -> Expression:
    """Return `up`, `down` or `flat` by the sign of a change over the year before; null where there is none."""
    return case((change > 0, "up"), (change < 0, "down"), (change == 0, "flat"))


def turned(direction: Expression, *, period: Expression, series: list[Expression]) -> Expression:
    """Return 1 where the direction is not that of the period before, else 0; a gap turns, too."""
    same = direction == func.lag(direction).over(partition_by=series, order_by=period)
    return case((same, 0), else_=1)


def run_length(
    direction: Expression, *, turned: Expression, period: Expression, series: list[Expression], step: int
) -> Expression:
    """Return how many periods the run has lasted, this one included; null where there is no direction.

    ASSUMPTION: the series has every period, `step` months apart.
    """
    began = func.max(case((turned == 1, period))).over(partition_by=series, order_by=period)
    return case((direction.is_not(None), cast((period - began) // step + 1, Integer)))

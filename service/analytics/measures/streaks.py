"""How many periods in a row a series has grown or fallen."""

from sqlalchemy import Integer, case, cast, func

from service.analytics.sql.types import SqlExpression


def growth_direction(change: SqlExpression) -> SqlExpression:
    """Return `up`, `down` or `flat` by the sign of a change over the year before; null where there is none."""
    return case((change > 0, "up"), (change < 0, "down"), (change == 0, "flat"))


def turning_point_flag(
    direction: SqlExpression, *, period: SqlExpression, series: list[SqlExpression]
) -> SqlExpression:
    """Return 1 where the direction is not that of the period before, else 0; a gap turns, too."""
    same = direction == func.lag(direction).over(partition_by=series, order_by=period)
    return case((same, 0), else_=1)


def run_length(
    direction: SqlExpression,
    *,
    turning_point: SqlExpression,
    period: SqlExpression,
    series: list[SqlExpression],
    period_months: int,
) -> SqlExpression:
    """Return how many periods the run has lasted, this one included; null where there is no direction.

    ASSUMPTION: the series has every period, `step` months apart.
    """
    began = func.max(case((turning_point == 1, period))).over(partition_by=series, order_by=period)
    return case((direction.is_not(None), cast((period - began) // period_months + 1, Integer)))

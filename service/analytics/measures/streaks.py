"""Streaks: the number of consecutive periods in which a series has grown or fallen."""

from sqlalchemy import Integer, and_, case, cast, func

from service.analytics.sql.types import SqlExpression


def growth_direction(change: SqlExpression, *, value: SqlExpression) -> SqlExpression:
    """Return `up`, `down` or `flat` by the sign of a change over the year before.

    Null where there is no change, and where both ends are zero.
    """
    return case((change > 0, "up"), (change < 0, "down"), (and_(change == 0, value != 0), "flat"))


def turning_point_flag(
    direction: SqlExpression, *, period: SqlExpression, series: list[SqlExpression]
) -> SqlExpression:
    """Return 1 where the direction differs from that of the period before or is null, else 0."""
    is_same = direction == func.lag(direction).over(partition_by=series, order_by=period)
    return case((is_same, 0), else_=1)


def run_length(
    direction: SqlExpression,
    *,
    turning_point: SqlExpression,
    period: SqlExpression,
    series: list[SqlExpression],
    period_months: int,
) -> SqlExpression:
    """Return the number of periods since the last turning point, including this one; null without a direction.

    ASSUMPTION: the series has a row for every period, `period_months` months apart.
    """
    first_period = func.max(case((turning_point == 1, period))).over(partition_by=series, order_by=period)
    return case((direction.is_not(None), cast((period - first_period) // period_months + 1, Integer)))

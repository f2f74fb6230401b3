"""Streaks: the number of consecutive periods in which a series has grown or fallen."""

from sqlalchemy import Integer, and_, case, cast, func

from service.analytics.sql.types import SqlExpression


def growth_direction(change: SqlExpression, *, value: SqlExpression) -> SqlExpression:
    """Return `up`, `down` or `flat` by the sign of a change from a year earlier.

    Null where the change is null, and where both `value` and its base are zero.
    """
    return case((change > 0, "up"), (change < 0, "down"), (and_(change == 0, value != 0), "flat"))


def turning_point_flag(
    direction: SqlExpression, *, period: SqlExpression, series: list[SqlExpression]
) -> SqlExpression:
    """Return 1 where the direction is null or differs from that of the previous period, else 0.

    `series` are the columns that identify a series; its first row has 1.
    """
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

    `turning_point` is the column of `turning_point_flag`, and `series` are the columns that identify a series.

    ASSUMPTION: the series has a row for every period, `period_months` months apart.
    """
    first_period = func.max(case((turning_point == 1, period))).over(partition_by=series, order_by=period)
    return case((direction.is_not(None), cast((period - first_period) // period_months + 1, Integer)))

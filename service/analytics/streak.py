"""How many periods in a row a series has grown or fallen."""

from sqlalchemy import Integer, case, cast, func

from service.analytics.expressions import Expression


def direction(change: Expression) -> Expression:
    """Return `up`, `down` or `flat` by the sign of a change over the year before; null where there is none."""
    return case((change > 0, "up"), (change < 0, "down"), (change == 0, "flat"))


def turned(direction: Expression, *, period: Expression, series: list[Expression]) -> Expression:
    """Return 1 where the direction is not that of the period before, else 0; a gap turns, too."""
    same = direction == func.lag(direction).over(partition_by=series, order_by=period)
    return case((same, 0), else_=1)


def run_number(turned: Expression, *, period: Expression, series: list[Expression]) -> Expression:
    """Return the number of the run, counted from the beginning of the series, that a period belongs to."""
    return func.sum(turned).over(partition_by=series, order_by=period)


def run_length(
    direction: Expression,
    *,
    run: Expression,
    period: Expression,
    series: list[Expression],
) -> Expression:
    """Return how many periods the run has lasted, this one included; null where there is no direction."""
    position = func.row_number().over(partition_by=[*series, run], order_by=period)
    return case((direction.is_not(None), cast(position, Integer)))

"""How sure a computed figure is: the weaker of the statuses it was computed from (SDMX CL_OBS_STATUS)."""

from sqlalchemy import case, func, or_

from service.analytics.sql.types import SqlExpression

OBS_STATUS_PRECEDENCE = ("Q", "M", "E", "P", "A")


def weaker_status(left: SqlExpression, right: SqlExpression) -> SqlExpression:
    """Return the weaker of two statuses; null where either figure does not exist."""
    both = left.is_not(None) & right.is_not(None)
    return case(*((both & or_(left == status, right == status), status) for status in OBS_STATUS_PRECEDENCE))


def weakest_status(status: SqlExpression) -> SqlExpression:
    """Return the weakest status of a group of rows."""
    return case(*((func.bool_or(status == letter), letter) for letter in OBS_STATUS_PRECEDENCE))

"""Observation status of a computed figure: the weakest status of its parts (SDMX CL_OBS_STATUS)."""

from sqlalchemy import case, func, or_

from service.analytics.sql.types import SqlExpression

OBS_STATUS_PRECEDENCE = ("Q", "M", "E", "P", "A")
"""Statuses from the weakest to the strongest: suppressed, missing, estimated, provisional, normal."""


def weaker_status(left: SqlExpression, right: SqlExpression) -> SqlExpression:
    """Return the weaker of two statuses; null where either figure does not exist."""
    are_known = left.is_not(None) & right.is_not(None)
    return case(*((are_known & or_(left == status, right == status), status) for status in OBS_STATUS_PRECEDENCE))


def weakest_status(status: SqlExpression) -> SqlExpression:
    """Return the weakest status of a group of rows, as an aggregate; null where no row has a status."""
    return case(*((func.bool_or(status == letter), letter) for letter in OBS_STATUS_PRECEDENCE))

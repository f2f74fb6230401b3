"""Observation status of a computed figure: the weakest status of its parts (SDMX CL_OBS_STATUS)."""

from sqlalchemy import and_, case, func, or_

from service.analytics.sql.types import SqlExpression

OBS_STATUS_PRECEDENCE = ("Q", "M", "E", "P", "A")
"""Statuses from the weakest to the strongest: suppressed, missing, estimated, provisional, normal."""
UNKNOWN_STATUSES = ("Q", "M")
"""Statuses of a figure without a value, and of a sum of which a part has none: a lower bound."""


def is_whole(status: SqlExpression) -> SqlExpression:
    """Return the SQL condition that no part of a figure is suppressed or missing; true where the status is null."""
    return and_(*map(status.is_distinct_from, UNKNOWN_STATUSES))


def exact_value(value: SqlExpression, status: SqlExpression) -> SqlExpression:
    """Return a value, or null where parts of it are suppressed or missing, so that it is only a lower bound."""
    return case((is_whole(status), value))


def weaker_status(left: SqlExpression, right: SqlExpression) -> SqlExpression:
    """Return the less reliable of two observation statuses, by OBS_STATUS_PRECEDENCE.

    The result is null where either status is null, because that figure does not exist.
    """
    are_known = left.is_not(None) & right.is_not(None)
    return case(*((are_known & or_(left == status, right == status), status) for status in OBS_STATUS_PRECEDENCE))


def weakest_status(status: SqlExpression) -> SqlExpression:
    """Return the least reliable status of a group of rows, as an aggregate; null where no row has a status."""
    return case(*((func.bool_or(status == letter), letter) for letter in OBS_STATUS_PRECEDENCE))

"""How sure a computed figure is: the weaker of the statuses it was computed from (SDMX CL_OBS_STATUS)."""

from sqlalchemy import case, func, or_

from service.analytics.sql.types import Expression

WEAKEST_FIRST = ("Q", "M", "E", "P", "A")


def weaker_status(one: Expression, other: Expression) -> Expression:
    """Return the weaker of two statuses; null where either figure does not exist."""
    both = one.is_not(None) & other.is_not(None)
    return case(*((both & or_(one == status, other == status), status) for status in WEAKEST_FIRST))


def weakest_status(status: Expression) -> Expression:
    """Return the weakest status of a group of rows."""
    return case(*((func.bool_or(status == letter), letter) for letter in WEAKEST_FIRST))

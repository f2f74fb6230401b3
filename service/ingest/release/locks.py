"""Whose turn it is: one load of a dataset at a time, and one to enter what none of the others has seen yet."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from service.errors import LoadInProgress

LOAD_LOCK = 7_446_002
"""First key of the advisory lock of a dataset; the second is made of its code."""

CATALOG_LOCK = 7_446_003
"""Key of the advisory lock under which datasets, classifications and goods get their keys."""


def lock_dataset(session: Session, code: str) -> None:
    """Keep all others from changing the dataset, which may yet have to be entered, until the transaction ends.

    :raises LoadInProgress: somebody else does.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(LOAD_LOCK, func.hashtext(code)))):
        raise LoadInProgress(f"another load or withdrawal of {code} is running; try again when it is done")


def lock_catalog(session: Session) -> None:
    """Wait until nobody else enters datasets, classifications or goods, and keep others waiting likewise."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CATALOG_LOCK})

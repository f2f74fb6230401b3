"""Advisory locks: one load of a dataset at a time, and one transaction at a time that assigns keys to codes."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from service.errors import LoadInProgress

LOAD_LOCK = 7_446_002
"""The first key of the advisory lock of a dataset; the second is a hash of its code."""

CATALOG_LOCK = 7_446_003
"""The key of the advisory lock for assigning keys to datasets, classifications, areas and commodities."""


def lock_dataset(session: Session, code: str) -> None:
    """Lock the dataset with this code until the transaction ends; the dataset need not exist yet.

    :raises LoadInProgress: another load or withdrawal holds the lock.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(LOAD_LOCK, func.hashtext(code)))):
        raise LoadInProgress(f"another load or withdrawal of {code} is running; try again when it is done")


def lock_catalog(session: Session) -> None:
    """Lock the assignment of keys until the transaction ends; wait until the lock is free."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CATALOG_LOCK})

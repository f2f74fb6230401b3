"""The partition of `observation` that holds a dataset: filled apart, unseen, and attached whole.

Attaching makes the indexes, from all rows at once, and takes no lock that a reader waits for. What changes tables are
functions of the database, which act as the owner: who loads need not be allowed to.
"""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.ingest.staging.temporary_table import copy_into
from service.models import Release

FROZEN = ", FREEZE"
"""Rows of a table that this transaction made need no second look when they are read, nor a vacuum."""

_MAKE = "SELECT make_partition(CAST(:dataset AS smallint), CAST(:release AS integer), CAST(:day AS date))"
_ATTACH = "SELECT attach_partition(CAST(:dataset AS smallint))"


def partition_of(dataset_id: int) -> str:
    """Return the name of the table that holds the figures of a dataset."""
    return f"observation_{dataset_id:d}"


def has_partition(session: Session, dataset_id: int) -> bool:
    """Return whether figures of the dataset were ever loaded."""
    return session.scalar(text("SELECT to_regclass(:name)"), {"name": partition_of(dataset_id)}) is not None


def fill_partition(session: Session, texts: Iterable[bytes], *, release: Release) -> None:
    """Let the figures of a release, given as their canonical text, be the first ones of their dataset.

    Readers see them once this transaction commits.
    """
    keys = {"dataset": release.dataset_id, "release": release.id, "day": release.published_on}
    session.execute(text(_MAKE), keys)
    copy_into(session, partition_of(release.dataset_id), texts, options=FROZEN)
    session.execute(text(_ATTACH), keys)

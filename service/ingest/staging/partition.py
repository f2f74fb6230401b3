"""The partition of `observation` that holds a dataset: filled apart, unseen, and attached whole.

Attaching makes the indexes, from all rows at once, and takes no lock that a reader waits for. What changes tables are
functions of the database, which act as the owner: who loads need not be allowed to.
"""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.ingest.staging.temporary_table import copy_figures
from service.models import Release

FREEZE_OPTION = ", FREEZE"
"""Rows of a table that this transaction made need no second look when they are read, nor a vacuum."""

_CREATE_PARTITION = "SELECT make_partition(CAST(:dataset AS smallint), CAST(:release AS integer), CAST(:day AS date))"
_ATTACH_PARTITION = "SELECT attach_partition(CAST(:dataset AS smallint))"


def partition_name(dataset_id: int) -> str:
    """Return the name of the table that holds the figures of a dataset."""
    return f"observation_{dataset_id:d}"


def has_partition(session: Session, dataset_id: int) -> bool:
    """Return whether figures of the dataset were ever loaded."""
    return session.scalar(text("SELECT to_regclass(:name)"), {"name": partition_name(dataset_id)}) is not None


def fill_partition(session: Session, csv_chunks: Iterable[bytes], *, release: Release) -> None:
    """Let the figures of a release, given as their canonical text, be the first ones of their dataset.

    Readers see them once this transaction commits.
    """
    keys = {"dataset": release.dataset_id, "release": release.id, "day": release.published_on}
    session.execute(text(_CREATE_PARTITION), keys)
    copy_figures(session, partition_name(release.dataset_id), csv_chunks, options=FREEZE_OPTION)
    session.execute(text(_ATTACH_PARTITION), keys)

"""The partition of `observation` that holds a dataset: filled as a separate table, then attached.

Attaching builds the indexes from all rows at once and takes no lock that a reader waits for. Functions of the database
change the tables as their owner, so the loading role needs no such right.
"""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.ingest.staging.temporary_table import copy_figures
from service.models import Release

FREEZE_OPTION = ", FREEZE"
"""The COPY option for a table made in the same transaction: its rows need no visibility check and no vacuum."""

_CREATE_PARTITION = "SELECT make_partition(CAST(:dataset AS smallint), CAST(:release AS integer), CAST(:day AS date))"
_ATTACH_PARTITION = "SELECT attach_partition(CAST(:dataset AS smallint))"


def partition_name(dataset_id: int) -> str:
    """Return the name of the table that holds the figures of a dataset."""
    return f"observation_{dataset_id:d}"


def has_partition(session: Session, dataset_id: int) -> bool:
    """Return whether the dataset has a partition, that is, was ever loaded."""
    return session.scalar(text("SELECT to_regclass(:name)"), {"name": partition_name(dataset_id)}) is not None


def fill_partition(session: Session, csv_chunks: Iterable[bytes], *, release: Release) -> None:
    """Store the canonical CSV of a release as the first figures of its dataset.

    Readers see the figures once the transaction commits.
    """
    keys = {"dataset": release.dataset_id, "release": release.id, "day": release.published_on}
    session.execute(text(_CREATE_PARTITION), keys)
    copy_figures(session, partition_name(release.dataset_id), csv_chunks, options=FREEZE_OPTION)
    session.execute(text(_ATTACH_PARTITION), keys)

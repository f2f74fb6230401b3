"""The partition of the table `observation` for a dataset. It is filled as a separate table and then attached.

Attaching builds the indexes from all rows at once, and takes no lock for which readers wait. Functions in the database
create and attach the table with the rights of its owner, so that the loading role does not need these rights.
"""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.ingest.staging.temporary_table import copy_figures
from service.models import Release

FREEZE_OPTION = ", FREEZE"
"""The COPY option for a table that the same transaction created: its rows need no visibility check and no vacuum."""

_CREATE_PARTITION = "SELECT make_partition(CAST(:dataset AS smallint), CAST(:release AS integer), CAST(:day AS date))"
_ATTACH_PARTITION = "SELECT attach_partition(CAST(:dataset AS smallint))"


def partition_name(dataset_id: int) -> str:
    """Return the name of the table that holds the figures of a dataset."""
    return f"observation_{dataset_id:d}"


def has_partition(session: Session, dataset_id: int) -> bool:
    """Return whether a dataset has a partition, which the first load of the dataset creates."""
    return session.scalar(text("SELECT to_regclass(:name)"), {"name": partition_name(dataset_id)}) is not None


def fill_partition(session: Session, csv_chunks: Iterable[bytes], *, release: Release) -> None:
    """Create the partition of a dataset from the canonical CSV of its first release.

    Readers see the figures once the transaction commits.
    """
    keys = {"dataset": release.dataset_id, "release": release.id, "day": release.published_on}
    session.execute(text(_CREATE_PARTITION), keys)
    copy_figures(session, partition_name(release.dataset_id), csv_chunks, options=FREEZE_OPTION)
    session.execute(text(_ATTACH_PARTITION), keys)

"""Whether everything that was loaded is still there: the raw bytes in the archive, the figures in the database.

On the day of a release, what stands in its periods is what it printed. A digest of that was kept when the release was
published, and is computed again from the database.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.ingest.archive import place_of, sha256_of
from service.ingest.printed import COPY_OUT, Digest
from service.models import Release, ReleaseFile

_STOOD = """
    SELECT *
    FROM (
        SELECT dataset_id, flow, partner_id, commodity_id, period, value, quantity, quantity_unit, net_weight_kg,
               obs_status, known_from, CAST(NULL AS date) AS known_until
        FROM observation
        UNION ALL
        SELECT dataset_id, flow, partner_id, commodity_id, period, value, quantity, quantity_unit, net_weight_kg,
               obs_status, known_from, known_until
        FROM observation_history
    ) AS version
    JOIN release_period AS covered USING (dataset_id, flow, period)
    WHERE dataset_id = {dataset} AND covered.release_id = {release}
      AND known_from <= '{day}' AND (known_until IS NULL OR known_until > '{day}')"""


def faults(session: Session, release: Release, *, archive_folder: Path) -> Iterator[str]:
    """Yield what is wrong with a release, in words; nothing where all of it is there as it was published."""
    stood = str(_digest_of_what_stood(session, release))
    if stood != release.figures_digest:
        yield f"the figures differ from those published: digest {stood}, not {release.figures_digest}"
    files = select(ReleaseFile).where(
        ReleaseFile.dataset_id == release.dataset_id, ReleaseFile.release_id == release.id
    )
    for file in session.scalars(files.order_by(ReleaseFile.name)):
        kept = place_of(archive_folder, file.sha256)
        if not kept.exists():
            yield f"the archive lacks the bytes of {file.name}, {kept.name}"
        elif sha256_of(kept) != file.sha256:
            yield f"the archived bytes of {file.name} are not those that were loaded: {kept}"


def _digest_of_what_stood(session: Session, release: Release) -> Digest:
    digest = Digest()
    connection: Any = session.connection().connection.dbapi_connection
    query = _STOOD.format(dataset=release.dataset_id, release=release.id, day=release.published_on)
    with connection.cursor() as cursor, cursor.copy(COPY_OUT % query) as copy:
        for chunk in copy:
            digest.update(bytes(chunk))
    return digest

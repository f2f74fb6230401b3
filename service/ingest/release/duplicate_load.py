"""The same bytes loaded again: nothing new, unless they are read another way, by a mapping that was corrected."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import FileError, InvalidFile
from service.ingest.archive.archive import ArchivedFile
from service.ingest.catalog.mapping_file import CODELIST_ROLE, MAPPING_ROLE
from service.ingest.release.release_builder import ReleaseBuilder
from service.models import Release, ReleaseFile


def has_same_mapping(session: Session, release: Release, files: Sequence[ArchivedFile]) -> bool:
    """Return whether a release was read by the same mapping and lists as are among the files.

    How an earlier version read it was not kept: it is taken to be the same.
    """
    if release.source is None:
        return True
    kept = select(ReleaseFile.role, ReleaseFile.sha256).where(
        ReleaseFile.dataset_id == release.dataset_id, ReleaseFile.release_id == release.id
    )
    return _mapping_digests(session.execute(kept).all()) == _mapping_digests(files)


def _mapping_digests(files: Collection[Any]) -> list[tuple[str, str]]:
    return sorted((file.role, file.sha256) for file in files if file.role in {MAPPING_ROLE, CODELIST_ROLE})


def check_same_figures(release: Release, builder: ReleaseBuilder) -> None:
    """Check that figures are those which the release printed, though they are read another way.

    :raises BadFile: they are not; what was published stays as it was published.
    """
    for _ in builder.csv_chunks():
        pass  # the digest is whole once all texts were taken
    if str(builder.digest) != release.figures_digest:
        rule = (
            f"the same bytes are loaded already, as {release.code}, but another mapping read other figures in them; "
            "that release stays as it was published: to correct it, say by --published on which day it is corrected"
        )
        raise InvalidFile(builder.file_name, [FileError(rule)])

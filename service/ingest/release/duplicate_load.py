"""Idempotent loads: the same bytes are loaded once for a date. Another mapping of them must give the same figures."""

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
    """Return whether a release was parsed with the mapping and code lists that are in `files`.

    The result is true for releases that an early version loaded, because it archived no mapping.
    """
    if release.source is None:
        return True
    archived_files = select(ReleaseFile.role, ReleaseFile.sha256).where(
        ReleaseFile.dataset_id == release.dataset_id, ReleaseFile.release_id == release.id
    )
    return _mapping_digests(session.execute(archived_files).all()) == _mapping_digests(files)


def _mapping_digests(files: Collection[Any]) -> list[tuple[str, str]]:
    return sorted((file.role, file.sha256) for file in files if file.role in {MAPPING_ROLE, CODELIST_ROLE})


def check_same_figures(release: Release, builder: ReleaseBuilder) -> None:
    """Check that the same bytes, parsed with another mapping by `builder`, give the figures that the release has.

    :raises InvalidFile: the figures differ; the release stays as it was published.
    """
    for _ in builder.csv_chunks():
        pass  # the digest is complete after the last chunk
    if str(builder.digest) != release.figures_digest:
        rule = (
            f"the same bytes are loaded already, as {release.code}, but another mapping parses other figures; "
            "that release stays as it was published; to correct it, add --published with the correction date"
        )
        raise InvalidFile(builder.file_name, [FileError(rule)])

"""Repeated parsing of the archived files of a release, with the codes that were known at its load."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import FileError, InvalidFile
from service.ingest.archive.archive import FIGURES_ROLE, ArchivedFile, SupportingFile, archive_path
from service.ingest.catalog.catalog import build_catalog
from service.ingest.catalog.code_snapshot import CODES_ROLE, CodeLookup, codes_at_load, current_codes
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.pipeline.parser import DatasetDescription, parse_files
from service.ingest.pipeline.parser_registry import parser_for_release
from service.ingest.pipeline.prefetch import prefetch
from service.ingest.release.release_builder import ReleaseBuilder
from service.ingest.sources.demo import DEMO_SOURCE, demo_figures_file
from service.ingest.staging.spill_file import open_spill_file
from service.models import Classification, Dataset, Release, ReleaseFile


def release_files(session: Session, release: Release, *, archive_folder: Path) -> list[ArchivedFile]:
    """Return the archived files of a release: those with figures, and supporting files such as the mapping."""
    file_query = select(ReleaseFile).where(
        ReleaseFile.dataset_id == release.dataset_id, ReleaseFile.release_id == release.id
    )
    return [
        ArchivedFile(file.name, file.sha256, file.bytes, archive_path(archive_folder, file.sha256), file.role)
        for file in session.scalars(file_query.order_by(ReleaseFile.role, ReleaseFile.name))
    ]


@contextmanager
def reparse_release(
    session: Session, release: Release, files: Sequence[ArchivedFile]
) -> Iterator[tuple[ReleaseBuilder, str]]:
    """Parse the archived files of a release again; yield a builder with its figures, and the present parser version.

    :raises InvalidFile: the files can no longer be parsed, or no longer have the dataset of the release.
    """
    supporting_files = [
        SupportingFile(file.role, file.name, file.path.read_bytes()) for file in files if file.role != FIGURES_ROLE
    ]
    parser = parser_for_release(release.source or "", release.source_options or {}, supporting_files)
    figures = (
        [demo_figures_file(release.source_options or {})]
        if release.source == DEMO_SOURCE
        else [file for file in files if file.role == FIGURES_ROLE]
    )
    description = next((d for d in parser.describe(figures) if d.dataset["code"] == release.source_dataset), None)
    if description is None:
        raise InvalidFile(release.file_name, [FileError(f"no longer has the dataset {release.source_dataset}")])
    codes = _code_lookup(session, release, description, supporting_files)
    reports = [LoadReport(file.name) for file in figures]
    with open_spill_file() as staged:
        for batch in prefetch(parse_files(description, figures, codes.catalog, reports)):
            staged.add(batch)
        yield ReleaseBuilder(staged, release.file_name, codes.totals), description.parser_version


def _code_lookup(
    session: Session, release: Release, description: DatasetDescription, supporting_files: Sequence[SupportingFile]
) -> CodeLookup:
    dataset = session.get_one(Dataset, release.dataset_id)
    codes = next((file for file in supporting_files if file.role == CODES_ROLE), None)
    if codes is not None:
        return codes_at_load(session, dataset, codes)
    edition = session.get_one(Classification, dataset.classification_id)
    return current_codes(session, build_catalog(session, dataset, edition, scheme=description.area_scheme))

"""A release's figures had anew out of its archived files, read as they were read when it was loaded."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import BadFile, Defect
from service.ingest.archive.archive import FIGURES, Archived, Beside, place_of
from service.ingest.catalog.catalog import Catalog, area_keys, commodity_keys
from service.ingest.catalog.code_snapshot import CODES, Known, known_now, known_then
from service.ingest.pipeline.load_report import Report
from service.ingest.pipeline.parser import Described, figures_of
from service.ingest.pipeline.parser_registry import reading_again
from service.ingest.pipeline.prefetch import one_ahead
from service.ingest.release.release_builder import Assembly
from service.ingest.sources.demo import SOURCE as DEMO
from service.ingest.sources.demo import table_of_the_demo
from service.ingest.staging.spill_file import spool
from service.models import Dataset, Release, ReleaseFile


def files_of(session: Session, release: Release, *, archive_folder: Path) -> list[Archived]:
    """Return the files that a release was made from, and those by which they were read, wherever they should be."""
    of_release = select(ReleaseFile).where(
        ReleaseFile.dataset_id == release.dataset_id, ReleaseFile.release_id == release.id
    )
    return [
        Archived(file.name, file.sha256, file.bytes, place_of(archive_folder, file.sha256), file.role)
        for file in session.scalars(of_release.order_by(ReleaseFile.role, ReleaseFile.name))
    ]


@contextmanager
def read_again(session: Session, release: Release, files: Sequence[Archived]) -> Iterator[tuple[Assembly, str]]:
    """Yield the figures of a release, whose source is known, read anew from its files, and the version that reads them.

    :raises BadFile: they can no longer be read, or hold no such dataset.
    """
    beside = [Beside(file.role, file.name, file.path.read_bytes()) for file in files if file.role != FIGURES]
    reading = reading_again(release.source or "", release.source_options or {}, beside)
    figures = [table_of_the_demo()] if release.source == DEMO else [file for file in files if file.role == FIGURES]
    described = next((d for d in reading.describe(figures) if d.dataset["code"] == release.source_dataset), None)
    if described is None:
        raise BadFile(release.file_name, [Defect(f"no longer holds the dataset {release.source_dataset}")])
    known = _known(session, release, described, beside)
    reports = [Report(file.name) for file in figures]
    with spool() as staged:
        for batch in one_ahead(figures_of(described, figures, known.catalog, reports)):
            staged.add(batch)
        yield Assembly(staged, release.file_name, known.totals), described.parser_version


def _known(session: Session, release: Release, described: Described, beside: Sequence[Beside]) -> Known:
    dataset = session.get_one(Dataset, release.dataset_id)
    codes = next((file for file in beside if file.role == CODES), None)
    if codes is not None:
        return known_then(session, dataset, codes)
    now = Catalog(
        dataset=dataset,
        areas=area_keys(session, scheme=described.scheme),
        commodities=commodity_keys(session, dataset.classification_id),
    )
    return known_now(session, now)

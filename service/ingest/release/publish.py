"""The publication of a release in one transaction: readers see the complete release or nothing of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from service.ingest.archive.archive import ArchivedFile
from service.ingest.catalog.catalog import Catalog
from service.ingest.catalog.unmapped_insertion import insert_unmapped_codes
from service.ingest.release.aggregates import classification_totals
from service.ingest.release.coverage import (
    COMPLETE,
    Coverage,
    check_date_is_free,
    check_no_conflict,
    next_release_code,
    store_series,
)
from service.ingest.release.duplicate_load import check_same_figures, has_same_mapping
from service.ingest.release.load_session import increment_data_version
from service.ingest.release.locks import lock_dataset
from service.ingest.release.release_builder import ReleaseBuilder, collect_figures
from service.ingest.release.unmapped_totals import store_unmapped_figures, unmapped_totals
from service.ingest.release.vintages import copy_current_figures, insert_between_releases, supersede
from service.ingest.staging.partition import fill_partition, has_partition
from service.ingest.staging.spill_file import SpillFile, open_spill_file
from service.ingest.staging.temporary_table import drop_staged_figures, stage_figures
from service.ingest.validation.plausibility import describe_mismatches, plausibility_warnings
from service.models import Dataset, Release, ReleaseFile, ReleasePeriod


@dataclass(frozen=True)
class Publication:
    """The properties of a new release; each is a column of `Release`."""

    dataset_id: int
    published_on: date
    stage: str
    file_name: str
    sha256: str
    parser_version: str
    source: str | None = None
    source_dataset: str | None = None
    source_options: dict[str, str] | None = None
    covers: Coverage = COMPLETE


def find_identical_release(session: Session, publication: Publication) -> Release | None:
    """Return the stored release of the same dataset, date, bytes and parser version; null where there is none.

    The same bytes with another date are another release.
    """
    identical = select(Release).where(
        Release.dataset_id == publication.dataset_id,
        Release.published_on == publication.published_on,
        Release.sha256 == publication.sha256,
        Release.parser_version == publication.parser_version,
    )
    return session.scalar(identical)


def matches_newest_release(session: Session, publication: Publication) -> bool:
    """Return whether a release of the newest date of the dataset has the same bytes and parser version."""
    newest_date = select(func.max(Release.published_on)).where(Release.dataset_id == publication.dataset_id)
    identical = select(Release.id).where(
        Release.dataset_id == publication.dataset_id,
        Release.published_on == newest_date.scalar_subquery(),
        Release.sha256 == publication.sha256,
        Release.parser_version == publication.parser_version,
    )
    return session.scalars(identical).first() is not None


def publish_release(
    session: Session,
    publication: Publication,
    batches: Iterable[pa.RecordBatch],
    *,
    catalog: Catalog | None = None,
    files: Sequence[ArchivedFile] = (),
    archive_codes: Callable[[SpillFile], Sequence[ArchivedFile]] = lambda _figures: (),
    warn: Callable[[str], None] = lambda _text: None,
) -> Release | None:
    """Publish the figures in `batches` as one release, in the transaction of `session`.

    Return the release, or null where an identical release is stored already. An exhaustive dataset gets the totals that
    the batches lack. `catalog` has the unmapped codes of the batches; areas and commodities are inserted for them.
    `files` are the archived files. `archive_codes` archives the codes that occur in the figures; `warn` is called with
    each warning. The figures supersede those of the previous release for the same flows and periods, which move to the
    history. A release older than the current one is inserted into the history.

    :raises LoadInProgress: another load of the dataset is running.
    :raises InvalidFile: two figures have the same cell, a period is in the future, there are no figures, or the dataset
        has another release of that date, or one with other figures from the same bytes.
    """
    lock_dataset(session, session.get_one(Dataset, publication.dataset_id).code)
    identical = find_identical_release(session, publication)
    if identical is not None and has_same_mapping(session, identical, files):
        return None
    with open_spill_file() as staged:
        collect_figures(staged, batches, file_name=publication.file_name, published_on=publication.published_on)
        if catalog is not None:
            insert_unmapped_codes(session, catalog, staged)
        builder = _release_builder(session, publication, staged, catalog)
        if identical is not None:
            check_same_figures(identical, builder)
            return None
        release = _insert_release(session, publication, staged, [*files, *archive_codes(staged)])
        _store_figures(session, release, builder, warn)
    increment_data_version(session)
    return release


def _release_builder(
    session: Session, publication: Publication, spill_file: SpillFile, catalog: Catalog | None
) -> ReleaseBuilder:
    dataset = session.get_one(Dataset, publication.dataset_id)
    totals = classification_totals(session, dataset.classification_id) if dataset.exhaustive else None
    unmapped = None if catalog is None else unmapped_totals(session, catalog)
    return ReleaseBuilder(spill_file, publication.file_name, totals, unmapped)


def _store_figures(session: Session, release: Release, builder: ReleaseBuilder, warn: Callable[[str], None]) -> None:
    """Store the figures of a release, with the totals that they lack."""
    if has_partition(session, release.dataset_id):
        stage_figures(session, builder.csv_chunks())
        check_no_conflict(session, release)
        store_series(session, release, builder.source_cells_chunks(), staged=True)
        _merge_staged_figures(session, release, warn)
        drop_staged_figures(session)
    else:
        fill_partition(session, builder.csv_chunks(), release=release)
        store_series(session, release, builder.source_cells_chunks(), staged=False)
    if builder.unmapped is not None:
        store_unmapped_figures(session, release, builder.unmapped)
    frequency = session.get_one(Dataset, release.dataset_id).frequency
    for warning in describe_mismatches(session, builder.mismatches, frequency=frequency):
        warn(warning)
    release.figures_digest = str(builder.digest)
    session.flush()


def _merge_staged_figures(session: Session, release: Release, warn: Callable[[str], None]) -> None:
    """Let the staged figures supersede the current ones, or insert them into history."""
    keys: dict[str, object] = {
        "dataset": release.dataset_id,
        "release": release.id,
        "day": release.published_on,
        "covers": release.covers,
    }
    if not _is_newest(session, keys):
        insert_between_releases(session, keys)
        return
    copy_current_figures(session, keys)
    frequency = session.get_one(Dataset, release.dataset_id).frequency
    for warning in plausibility_warnings(session, frequency=frequency):
        warn(warning)
    supersede(session, keys)


def _insert_release(
    session: Session, publication: Publication, spill_file: SpillFile, files: Sequence[ArchivedFile]
) -> Release:
    dataset = session.get_one(Dataset, publication.dataset_id)
    check_date_is_free(
        session,
        dataset,
        published_on=publication.published_on,
        covers=publication.covers,
        file_name=publication.file_name,
    )
    release = Release(
        code=next_release_code(session, dataset, publication.published_on),
        rows=spill_file.row_count,
        state="published",
        figures_digest="",
        **vars(publication),
    )
    session.add(release)
    session.flush()
    key = {"dataset_id": release.dataset_id, "release_id": release.id}
    session.add_all(
        ReleaseFile(**key, role=file.role, name=file.name, sha256=file.sha256, bytes=file.size_bytes) for file in files
    )
    session.add_all(ReleasePeriod(**key, flow=flow, period=period) for period, flow in spill_file.period_flows())
    session.flush()
    return release


def _is_newest(session: Session, keys: dict[str, object]) -> bool:
    """Return whether no other publication of that date or later, and no withdrawal, concerns the flows and periods."""
    later = text("""
        SELECT EXISTS (
            SELECT FROM release_period AS own_period
            JOIN release_period AS other_period USING (dataset_id, flow, period)
            JOIN release ON release.dataset_id = other_period.dataset_id AND release.id = other_period.release_id
            WHERE own_period.dataset_id = :dataset AND own_period.release_id = :release
              AND release.id <> :release
              AND (release.published_on >= :day OR release.withdrawn_on >= :day))""")
    return not session.scalar(later, keys)

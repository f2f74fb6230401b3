"""A release, published in one transaction: a reader sees all of it or none."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from service.errors import FileError, InvalidFile
from service.ingest.archive.archive import ArchivedFile
from service.ingest.pipeline.prefetch import prefetch
from service.ingest.release.aggregates import classification_totals
from service.ingest.release.duplicate_load import check_same_figures, has_same_mapping
from service.ingest.release.locks import lock_dataset
from service.ingest.release.release_builder import ReleaseBuilder
from service.ingest.release.vintages import insert_between_releases, supersede
from service.ingest.staging.partition import fill_partition, has_partition
from service.ingest.staging.spill_file import SpillFile, open_spill_file
from service.ingest.staging.temporary_table import drop_staged_figures, stage_figures
from service.ingest.validation.constraints import check_not_in_future, check_rows_per_period
from service.ingest.validation.plausibility import describe_mismatches, plausibility_warnings
from service.models import Dataset, Release, ReleaseFile, ReleasePeriod


@dataclass(frozen=True)
class Publication:
    """What a file is as a publication: whose, of when, known by which bytes, and read how (as `Release` has it)."""

    dataset_id: int
    published_on: date
    stage: str
    file_name: str
    sha256: str
    parser_version: str
    source: str | None = None
    source_dataset: str | None = None
    source_options: dict[str, str] | None = None


def find_identical_release(session: Session, publication: Publication) -> Release | None:
    """Return the release of the same day that the same parser made of the same bytes; null where there is none.

    Bytes that an office prints again on another day are a release of their own: what stood between is then replaced.
    """
    same = select(Release).where(
        Release.dataset_id == publication.dataset_id,
        Release.published_on == publication.published_on,
        Release.sha256 == publication.sha256,
        Release.parser_version == publication.parser_version,
    )
    return session.scalar(same)


def matches_newest_release(session: Session, publication: Publication) -> bool:
    """Return whether the newest release of the dataset was made of the same bytes by the same parser."""
    newest = select(Release.sha256, Release.parser_version).where(Release.dataset_id == publication.dataset_id)
    row = session.execute(newest.order_by(Release.published_on.desc()).limit(1)).first()
    return row is not None and tuple(row) == (publication.sha256, publication.parser_version)


def publish_release(
    session: Session,
    publication: Publication,
    batches: Iterable[pa.RecordBatch],
    *,
    files: Sequence[ArchivedFile] = (),
    archive_codes: Callable[[SpillFile], Sequence[ArchivedFile]] = lambda _figures: (),
    warn: Callable[[str], None] = lambda _text: None,
) -> Release | None:
    """Publish figures, in columns as `SCHEMA` has them, as one release in the transaction of `session`.

    Return the release, or null where nothing is new.
    Totals that an exhaustive dataset does not print are added. `files` are those that the figures come from, with those
    by which they are read; `keep_codes` keeps the codes of the figures in another one; `note` is told what looks odd.
    What the release before said of the same flows and periods is superseded, and kept as history. A release
    older than one that is there already takes its place in history.

    :raises LoadInProgress: another load of the dataset is running.
    :raises BadFile: two figures speak of one cell, one of a time to come, there are none, or a release of that day is
        there already, of other bytes or of other figures that the same bytes were read as.
    """
    lock_dataset(session, session.get_one(Dataset, publication.dataset_id).code)
    same = find_identical_release(session, publication)
    if same is not None and has_same_mapping(session, same, files):
        return None
    with open_spill_file() as staged:
        for figures in prefetch(iter(batches)):
            check_rows_per_period(staged, staged.add(figures), file_name=publication.file_name)
        if not staged.row_count:
            raise InvalidFile(publication.file_name, [FileError("holds no figure")])
        check_not_in_future(staged, file_name=publication.file_name, published_on=publication.published_on)
        if same is not None:
            check_same_figures(same, _release_builder(session, publication, staged))
            return None
        release = _insert_release(session, publication, staged, [*files, *archive_codes(staged)])
        _store_figures(session, release, _release_builder(session, publication, staged), warn)
    increment_data_version(session)
    return release


def _release_builder(session: Session, publication: Publication, spill_file: SpillFile) -> ReleaseBuilder:
    dataset = session.get_one(Dataset, publication.dataset_id)
    totals = classification_totals(session, dataset.classification_id) if dataset.exhaustive else None
    return ReleaseBuilder(spill_file, publication.file_name, totals)


def _store_figures(session: Session, release: Release, builder: ReleaseBuilder, warn: Callable[[str], None]) -> None:
    """Let the figures of a release, with the totals that they lack, stand from its day on."""
    if has_partition(session, release.dataset_id):
        stage_figures(session, builder.csv_chunks())
        _merge_staged_figures(session, release, warn)
        drop_staged_figures(session)
    else:
        fill_partition(session, builder.csv_chunks(), release=release)
    for text_of_mismatch in describe_mismatches(session, builder.mismatches):
        warn(text_of_mismatch)
    release.figures_digest = str(builder.digest)
    session.flush()


def _merge_staged_figures(session: Session, release: Release, warn: Callable[[str], None]) -> None:
    """Let the staged figures take the place of what stands, or their own place before it."""
    keys = {"dataset": release.dataset_id, "release": release.id, "day": release.published_on}
    if not _is_newest(session, keys):
        insert_between_releases(session, keys)
        return
    for oddity in plausibility_warnings(session, dataset_id=release.dataset_id):
        warn(oddity)
    supersede(session, keys)


def increment_data_version(session: Session) -> None:
    """Make every answer that was given before this transaction stale."""
    session.execute(text("UPDATE data_version SET version = version + 1"))


def _insert_release(
    session: Session, publication: Publication, spill_file: SpillFile, files: Sequence[ArchivedFile]
) -> Release:
    _check_day_unused(session, publication)
    dataset = session.get_one(Dataset, publication.dataset_id)
    release = Release(
        code=f"{dataset.code}-{publication.published_on}",
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


def _check_day_unused(session: Session, publication: Publication) -> None:
    same_day = select(Release).where(
        Release.dataset_id == publication.dataset_id, Release.published_on == publication.published_on
    )
    other = session.scalar(same_day)
    if other is not None:
        rule = (
            f"a release of {publication.published_on} is loaded already, from {other.file_name}; "
            "load all files of one day in one command, or say by --published when this one appeared"
        )
        raise InvalidFile(publication.file_name, [FileError(rule)])


def _is_newest(session: Session, keys: dict[str, object]) -> bool:
    """Return whether nothing that was published or withdrawn later speaks of any of the flows and periods."""
    later = text("""
        SELECT EXISTS (
            SELECT FROM release_period AS own
            JOIN release_period AS other USING (dataset_id, flow, period)
            JOIN release ON release.dataset_id = other.dataset_id AND release.id = other.release_id
            WHERE own.dataset_id = :dataset AND own.release_id = :release
              AND (release.published_on > :day OR release.withdrawn_on >= :day))""")
    return not session.scalar(later, keys)


def open_load_session(engine: Engine) -> Session:
    """Return a session for one load: no time limit for its statements, errors roll all of it back."""
    session = Session(engine)
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(text("SET LOCAL work_mem = '128MB'"))
    session.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
    return session

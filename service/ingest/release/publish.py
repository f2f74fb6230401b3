"""A release, published in one transaction: a reader sees all of it or none."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from service.errors import BadFile, Defect
from service.ingest.archive.archive import Archived
from service.ingest.pipeline.prefetch import one_ahead
from service.ingest.release.aggregates import totals_of
from service.ingest.release.duplicate_load import is_read_alike, refuse_other_figures
from service.ingest.release.locks import lock_dataset
from service.ingest.release.release_builder import Assembly
from service.ingest.release.vintages import insert_between_releases, supersede
from service.ingest.staging.partition import fill_partition, has_partition
from service.ingest.staging.spill_file import Spool, spool
from service.ingest.staging.temporary_table import stage, unstage
from service.ingest.validation.constraints import refuse_endless_periods, refuse_later_periods
from service.ingest.validation.plausibility import mismatches_told, oddities
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


def release_of_same_bytes(session: Session, publication: Publication) -> Release | None:
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


def repeats_newest(session: Session, publication: Publication) -> bool:
    """Return whether the newest release of the dataset was made of the same bytes by the same parser."""
    newest = select(Release.sha256, Release.parser_version).where(Release.dataset_id == publication.dataset_id)
    row = session.execute(newest.order_by(Release.published_on.desc()).limit(1)).first()
    return row is not None and tuple(row) == (publication.sha256, publication.parser_version)


def publish_release(
    session: Session,
    publication: Publication,
    batches: Iterable[pa.RecordBatch],
    *,
    files: Sequence[Archived] = (),
    keep_codes: Callable[[Spool], Sequence[Archived]] = lambda _figures: (),
    note: Callable[[str], None] = lambda _text: None,
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
    same = release_of_same_bytes(session, publication)
    if same is not None and is_read_alike(session, same, files):
        return None
    with spool() as staged:
        for figures in one_ahead(iter(batches)):
            refuse_endless_periods(staged, staged.add(figures), file_name=publication.file_name)
        if not staged.rows:
            raise BadFile(publication.file_name, [Defect("holds no figure")])
        refuse_later_periods(staged, file_name=publication.file_name, published_on=publication.published_on)
        if same is not None:
            refuse_other_figures(same, _assembly(session, publication, staged))
            return None
        release = _enter(session, publication, staged, [*files, *keep_codes(staged)])
        _store(session, release, _assembly(session, publication, staged), note)
    move_data_version(session)
    return release


def _assembly(session: Session, publication: Publication, staged: Spool) -> Assembly:
    dataset = session.get_one(Dataset, publication.dataset_id)
    totals = totals_of(session, dataset.classification_id) if dataset.exhaustive else None
    return Assembly(staged, publication.file_name, totals)


def _store(session: Session, release: Release, assembly: Assembly, note: Callable[[str], None]) -> None:
    """Let the figures of a release, with the totals that they lack, stand from its day on."""
    if has_partition(session, release.dataset_id):
        stage(session, assembly.texts())
        _supersede(session, release, note)
        unstage(session)
    else:
        fill_partition(session, assembly.texts(), release=release)
    for text_of_mismatch in mismatches_told(session, assembly.mismatches):
        note(text_of_mismatch)
    release.figures_digest = str(assembly.digest)
    session.flush()


def _supersede(session: Session, release: Release, note: Callable[[str], None]) -> None:
    """Let the staged figures take the place of what stands, or their own place before it."""
    keys = {"dataset": release.dataset_id, "release": release.id, "day": release.published_on}
    if not _is_newest(session, keys):
        insert_between_releases(session, keys)
        return
    for oddity in oddities(session, dataset_id=release.dataset_id):
        note(oddity)
    supersede(session, keys)


def move_data_version(session: Session) -> None:
    """Make every answer that was given before this transaction stale."""
    session.execute(text("UPDATE data_version SET version = version + 1"))


def _enter(session: Session, publication: Publication, staged: Spool, files: Sequence[Archived]) -> Release:
    _refuse_same_day(session, publication)
    dataset = session.get_one(Dataset, publication.dataset_id)
    release = Release(
        code=f"{dataset.code}-{publication.published_on}",
        rows=staged.rows,
        state="published",
        figures_digest="",
        **vars(publication),
    )
    session.add(release)
    session.flush()
    key = {"dataset_id": release.dataset_id, "release_id": release.id}
    session.add_all(
        ReleaseFile(**key, role=file.role, name=file.name, sha256=file.sha256, bytes=file.bytes) for file in files
    )
    session.add_all(ReleasePeriod(**key, flow=flow, period=period) for period, flow in staged.slices())
    session.flush()
    return release


def _refuse_same_day(session: Session, publication: Publication) -> None:
    same_day = select(Release).where(
        Release.dataset_id == publication.dataset_id, Release.published_on == publication.published_on
    )
    other = session.scalar(same_day)
    if other is not None:
        rule = (
            f"a release of {publication.published_on} is loaded already, from {other.file_name}; "
            "load all files of one day in one command, or say by --published when this one appeared"
        )
        raise BadFile(publication.file_name, [Defect(rule)])


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


def in_one_transaction(engine: Engine) -> Session:
    """Return a session for one load: no time limit for its statements, errors roll all of it back."""
    session = Session(engine)
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(text("SET LOCAL work_mem = '128MB'"))
    session.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
    return session

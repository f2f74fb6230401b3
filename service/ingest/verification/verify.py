"""Whether everything that was loaded is still there: the raw bytes in the archive, the figures in the database.

On the day of a release, what stands in its periods is what it printed. So its archived files are read anew, as they
were when it was loaded, and compared with that figure by figure; what was computed from them is computed again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.errors import BadFile
from service.ingest.archive.archive import Archived, sha256_of
from service.ingest.release.release_builder import Assembly
from service.ingest.staging.canonical_csv import COPY_OUT, Digest
from service.ingest.staging.temporary_table import stage, unstage
from service.ingest.verification.diff import STOOD, differences_after_withdrawal, differences_from_files
from service.ingest.verification.reparse import files_of, read_again
from service.models import Release, ReleasePeriod

MOST_SHOWN = 20
NOT_KEPT = "cannot be parsed again: loaded by an earlier version, which did not keep how its files were read"


@dataclass(frozen=True)
class Verdict:
    """What was found about a release: what is wrong, in words, and how many figures were compared with its files.

    `figures` is null where the files were not read anew, which `unread` says why of; null where that was not asked for.
    """

    faults: Sequence[str]
    figures: int | None = None
    unread: str | None = None


def verify(session: Session, release: Release, *, archive_folder: Path, quick: bool = False) -> Verdict:
    """Return what there is to say about a release, whose transaction is to be rolled back.

    Where it is to be `quick`, or how its files were read was not kept, only digests are compared: of the bytes, and of
    the figures that stood.
    """
    files = files_of(session, release, archive_folder=archive_folder)
    faults = list(_faults_of_archive(files))
    if quick or release.source is None or faults:
        faults += _faults_of_digest(session, release)
        return Verdict(faults, unread=NOT_KEPT if release.source is None and not quick else None)
    try:
        with read_again(session, release, files) as (assembly, version):
            faults += _faults_of_periods(session, release, assembly)
            faults += _faults_of_figures(session, release, assembly)
            if faults and version != release.parser_version:
                faults.append(f"its files are read by {version} now, and were by {release.parser_version}")
            figures = assembly.spool.rows
    except BadFile as error:
        return Verdict([f"its files cannot be read anew: {error}", *map(str, error.defects[:MOST_SHOWN])])
    if release.withdrawn_on is not None:
        faults += differences_after_withdrawal(session, release, on=release.withdrawn_on)
    return Verdict(faults, figures)


def _faults_of_archive(files: Sequence[Archived]) -> Iterator[str]:
    for file in files:
        if not file.path.exists():
            yield f"the archive lacks the bytes of {file.name}, {file.sha256}"
        elif sha256_of(file.path) != file.sha256:
            yield f"the archived bytes of {file.name} are not those that were loaded: {file.path}"


def _faults_of_digest(session: Session, release: Release) -> Iterator[str]:
    stood = str(_digest_of_what_stood(session, release))
    if stood != release.figures_digest:
        yield f"the figures differ from those published: digest {stood}, not {release.figures_digest}"


def _faults_of_periods(session: Session, release: Release, assembly: Assembly) -> Iterator[str]:
    if assembly.spool.rows != release.rows:
        yield f"its files hold {assembly.spool.rows} figures, not {release.rows}"
    speaks_of = select(ReleasePeriod.period, ReleasePeriod.flow).where(
        ReleasePeriod.dataset_id == release.dataset_id, ReleasePeriod.release_id == release.id
    )
    kept = {tuple(row) for row in session.execute(speaks_of)}
    found = {tuple(key) for key in assembly.spool.slices()}
    if kept != found:
        yield f"its files are of {len(found)} periods of a flow, {len(found ^ kept)} of them not as in the database"


def _faults_of_figures(session: Session, release: Release, assembly: Assembly) -> Iterator[str]:
    stage(session, assembly.texts())
    yield from differences_from_files(session, release)
    unstage(session)
    if str(assembly.digest) != release.figures_digest:
        yield f"the digest of the figures in its files is {assembly.digest}, not {release.figures_digest}"


def _digest_of_what_stood(session: Session, release: Release) -> Digest:
    digest = Digest()
    connection: Any = session.connection().connection.dbapi_connection
    keys = {"dataset": release.dataset_id, "release": release.id, "day": release.published_on}
    query = text(STOOD).bindparams(**keys).compile(session.connection(), compile_kwargs={"literal_binds": True})
    with connection.cursor() as cursor, cursor.copy(COPY_OUT % query) as copy:
        for chunk in copy:
            digest.update(bytes(chunk))
    return digest

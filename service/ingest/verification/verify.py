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

from service.errors import InvalidFile
from service.ingest.archive.archive import ArchivedFile, sha256_of
from service.ingest.release.release_builder import ReleaseBuilder
from service.ingest.staging.canonical_csv import COPY_TO_STDOUT, Digest
from service.ingest.staging.temporary_table import drop_staged_figures, stage_figures
from service.ingest.verification.diff import AS_OF_RELEASE, differences_after_withdrawal, differences_from_files
from service.ingest.verification.reparse import release_files, reparse_release
from service.models import Release, ReleasePeriod

MAX_LISTED_ERRORS = 20
PARSER_UNKNOWN_MESSAGE = (
    "cannot be parsed again: loaded by an earlier version, which did not keep how its files were read"
)


@dataclass(frozen=True)
class VerificationResult:
    """What was found about a release: what is wrong, in words, and how many figures were compared with its files.

    `figures` is null where the files were not read anew, which `unread` says why of; null where that was not asked for.
    """

    errors: Sequence[str]
    figure_count: int | None = None
    skip_reason: str | None = None


def verify_release(
    session: Session, release: Release, *, archive_folder: Path, digests_only: bool = False
) -> VerificationResult:
    """Return what there is to say about a release, whose transaction is to be rolled back.

    Where it is to be `quick`, or how its files were read was not kept, only digests are compared: of the bytes, and of
    the figures that stood.
    """
    files = release_files(session, release, archive_folder=archive_folder)
    faults = list(_archive_errors(files))
    if digests_only or release.source is None or faults:
        faults += _digest_errors(session, release)
        return VerificationResult(
            faults, skip_reason=PARSER_UNKNOWN_MESSAGE if release.source is None and not digests_only else None
        )
    try:
        with reparse_release(session, release, files) as (assembly, version):
            faults += _period_errors(session, release, assembly)
            faults += _figure_errors(session, release, assembly)
            if faults and version != release.parser_version:
                faults.append(f"its files are read by {version} now, and were by {release.parser_version}")
            figures = assembly.spill_file.row_count
    except InvalidFile as error:
        return VerificationResult(
            [f"its files cannot be read anew: {error}", *map(str, error.file_errors[:MAX_LISTED_ERRORS])]
        )
    if release.withdrawn_on is not None:
        faults += differences_after_withdrawal(session, release, withdrawal_date=release.withdrawn_on)
    return VerificationResult(faults, figures)


def _archive_errors(files: Sequence[ArchivedFile]) -> Iterator[str]:
    for file in files:
        if not file.path.exists():
            yield f"the archive lacks the bytes of {file.name}, {file.sha256}"
        elif sha256_of(file.path) != file.sha256:
            yield f"the archived bytes of {file.name} are not those that were loaded: {file.path}"


def _digest_errors(session: Session, release: Release) -> Iterator[str]:
    stood = str(_stored_digest(session, release))
    if stood != release.figures_digest:
        yield f"the figures differ from those published: digest {stood}, not {release.figures_digest}"


def _period_errors(session: Session, release: Release, builder: ReleaseBuilder) -> Iterator[str]:
    if builder.spill_file.row_count != release.rows:
        yield f"its files hold {builder.spill_file.row_count} figures, not {release.rows}"
    speaks_of = select(ReleasePeriod.period, ReleasePeriod.flow).where(
        ReleasePeriod.dataset_id == release.dataset_id, ReleasePeriod.release_id == release.id
    )
    kept = {tuple(row) for row in session.execute(speaks_of)}
    found = {tuple(key) for key in builder.spill_file.period_flows()}
    if kept != found:
        yield f"its files are of {len(found)} periods of a flow, {len(found ^ kept)} of them not as in the database"


def _figure_errors(session: Session, release: Release, builder: ReleaseBuilder) -> Iterator[str]:
    stage_figures(session, builder.csv_chunks())
    yield from differences_from_files(session, release)
    drop_staged_figures(session)
    if str(builder.digest) != release.figures_digest:
        yield f"the digest of the figures in its files is {builder.digest}, not {release.figures_digest}"


def _stored_digest(session: Session, release: Release) -> Digest:
    digest = Digest()
    connection: Any = session.connection().connection.dbapi_connection
    keys = {"dataset": release.dataset_id, "release": release.id, "day": release.published_on}
    query = text(AS_OF_RELEASE).bindparams(**keys).compile(session.connection(), compile_kwargs={"literal_binds": True})
    with connection.cursor() as cursor, cursor.copy(COPY_TO_STDOUT % query) as copy:
        for chunk in copy:
            digest.update(bytes(chunk))
    return digest

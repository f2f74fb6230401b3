"""Verification that everything loaded is still there: the raw bytes in the archive, the figures in the database.

The figures that were valid on the date of a release must be those in its files. Its archived files are therefore parsed
again, with the codes that were known at the load, and compared with the database figure by figure, including computed
totals.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.errors import InvalidFile
from service.ingest.archive.archive import archive_errors
from service.ingest.release.release_builder import ReleaseBuilder
from service.ingest.staging.canonical_csv import COPY_TO_STDOUT, Digest
from service.ingest.staging.temporary_table import drop_staged_figures, stage_figures
from service.ingest.verification.diff import AS_OF_RELEASE, differences_after_withdrawal, differences_from_files
from service.ingest.verification.reparse import release_files, reparse_release
from service.models import Release, ReleasePeriod

MAX_LISTED_ERRORS = 20
DIGEST_PREFIX = "sha256:"
DIGEST_UNKNOWN_MESSAGE = "an earlier version loaded it with a digest of another method; load its files again to compare"
PARSER_UNKNOWN_MESSAGE = "cannot be parsed again: an earlier version loaded it and did not record its parser"


@dataclass(frozen=True)
class VerificationResult:
    """The result of verifying a release.

    `errors` are texts. `figure_count` is the number of figures in its files; null where the files were not parsed or
    could not be parsed. `skip_reason` is the reason why the release cannot be compared completely; else null.
    """

    errors: Sequence[str]
    figure_count: int | None = None
    skip_reason: str | None = None


def verify_release(
    session: Session, release: Release, *, archive_folder: Path, digests_only: bool = False
) -> VerificationResult:
    """Compare a release with its archived files; the caller must roll back the transaction of `session`.

    The files are not parsed, and only digests of the files and of the figures are compared, if `digests_only` is set,
    if the release has no recorded parser, or if an archived file is missing or changed.
    """
    files = release_files(session, release, archive_folder=archive_folder)
    errors = list(archive_errors(files))
    if digests_only or release.source is None or errors:
        errors += _digest_errors(session, release)
        return VerificationResult(errors, skip_reason=_skip_reason(release, digests_only=digests_only))
    try:
        with reparse_release(session, release, files) as (builder, parser_version):
            errors += _period_errors(session, release, builder)
            errors += _figure_errors(session, release, builder)
            if errors and parser_version != release.parser_version:
                errors.append(
                    f"its files are parsed by {parser_version} now, and were parsed by {release.parser_version}"
                )
            figure_count = builder.spill_file.row_count
    except InvalidFile as error:
        return VerificationResult(
            [f"its files cannot be parsed again: {error}", *map(str, error.file_errors[:MAX_LISTED_ERRORS])]
        )
    if release.withdrawn_on is not None:
        errors += differences_after_withdrawal(session, release, withdrawal_date=release.withdrawn_on)
    return VerificationResult(errors, figure_count)


def _skip_reason(release: Release, *, digests_only: bool) -> str | None:
    if not _has_comparable_digest(release):
        return DIGEST_UNKNOWN_MESSAGE
    return PARSER_UNKNOWN_MESSAGE if release.source is None and not digests_only else None


def _digest_errors(session: Session, release: Release) -> Iterator[str]:
    stored_digest = str(_stored_digest(session, release))
    if stored_digest != release.figures_digest and _has_comparable_digest(release):
        yield f"the figures differ from those published: digest {stored_digest}, not {release.figures_digest}"


def _period_errors(session: Session, release: Release, builder: ReleaseBuilder) -> Iterator[str]:
    if builder.spill_file.row_count != release.rows:
        yield f"its files have {builder.spill_file.row_count} figures, not {release.rows}"
    period_query = select(ReleasePeriod.period, ReleasePeriod.flow).where(
        ReleasePeriod.dataset_id == release.dataset_id, ReleasePeriod.release_id == release.id
    )
    stored_periods = {tuple(row) for row in session.execute(period_query)}
    file_periods = {tuple(key) for key in builder.spill_file.period_flows()}
    if stored_periods != file_periods:
        yield (
            f"its files have {len(file_periods)} periods by flow, of which {len(file_periods ^ stored_periods)} "
            "differ from the database"
        )


def _figure_errors(session: Session, release: Release, builder: ReleaseBuilder) -> Iterator[str]:
    stage_figures(session, builder.csv_chunks())
    yield from differences_from_files(session, release)
    drop_staged_figures(session)
    if str(builder.digest) != release.figures_digest and _has_comparable_digest(release):
        yield f"the digest of the figures in its files is {builder.digest}, not {release.figures_digest}"


def _has_comparable_digest(release: Release) -> bool:
    """Return whether a release has a digest of the present method; earlier versions added up hashes of rows."""
    return release.figures_digest.startswith(DIGEST_PREFIX)


def _stored_digest(session: Session, release: Release) -> Digest:
    digest = Digest()
    connection: Any = session.connection().connection.dbapi_connection
    keys = {"dataset": release.dataset_id, "release": release.id, "day": release.published_on}
    query = text(AS_OF_RELEASE).bindparams(**keys).compile(session.connection(), compile_kwargs={"literal_binds": True})
    with connection.cursor() as cursor, cursor.copy(COPY_TO_STDOUT % query) as copy:
        for chunk in copy:
            digest.update(bytes(chunk))
    return digest

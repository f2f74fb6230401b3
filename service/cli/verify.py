"""The command `tradeflows verify`."""

import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine, select

from service.cli.database import migrated_engine
from service.cli.reports.progress import ProgressBar
from service.cli.reports.table import print_json
from service.cli.types import json_option
from service.config import Settings, load_settings
from service.ingest.release.load_session import open_load_session
from service.ingest.verification.validity_intervals import inconsistent_intervals
from service.ingest.verification.verify import VerificationResult, verify_release
from service.models import Dataset, Release

MISMATCH_EXIT_CODE = 65
ReleaseKey = tuple[int, int]


@dataclass
class _Verification:
    """The results so far; without `as_json` each is printed as soon as it is known."""

    engine: Engine
    archive: Path
    digests_only: bool
    progress_bar: ProgressBar
    as_json: bool = False
    releases: list[dict[str, Any]] = field(default_factory=list)
    datasets: list[dict[str, Any]] = field(default_factory=list)
    mismatch_count: int = 0
    unreadable_count: int = 0

    def verify_releases(self, keys: Iterable[ReleaseKey]) -> None:
        """Verify releases, each in a transaction that is rolled back."""
        for key in keys:
            with open_load_session(self.engine) as session:
                release = session.get_one(Release, key)
                verdict = verify_release(session, release, archive_folder=self.archive, digests_only=self.digests_only)
                self._report_release(release.code, verdict)

    def verify_datasets(self, keys: Iterable[int]) -> None:
        """Verify that the history of each dataset agrees with its releases."""
        for key in keys:
            with open_load_session(self.engine) as session:
                dataset = session.get_one(Dataset, key)
                errors = list(inconsistent_intervals(session, dataset))
                self.datasets.append({"dataset": dataset.code, "errors": errors})
                self._report_mismatches(dataset.code, errors)

    def _report_release(self, code: str, verdict: VerificationResult) -> None:
        self._report_mismatches(code, verdict.errors)
        self.progress_bar.advance(1, code)
        self.releases.append({"release": code, **asdict(verdict)})
        if verdict.skip_reason is not None:
            self.unreadable_count += 1
            self._print(f"{code}: {verdict.skip_reason}")
        elif not verdict.errors:
            right = (
                "digests are right" if self.digests_only else f"{verdict.figure_count} figures are those of its files"
            )
            self._print(f"{code}: {right}")

    def _report_mismatches(self, code: str, mismatches: Iterable[str]) -> None:
        for fault in mismatches:
            self.mismatch_count += 1
            self._print(f"{code}: {fault}")

    def _print(self, line: str) -> None:
        if not self.as_json:
            click.echo(line)


@click.command()
@click.option("--digests-only", is_flag=True, help="Compare only the digests of the archived files and of the figures.")
@json_option
def verify(*, digests_only: bool, as_json: bool) -> None:
    """Parse the archived files of every release again and compare each figure with the database."""
    settings = load_settings()
    with migrated_engine(settings) as engine:
        with open_load_session(engine) as session:
            ordered_releases = select(Release.dataset_id, Release.id).order_by(Release.published_on, Release.code)
            releases = [(row.dataset_id, row.id) for row in session.execute(ordered_releases)]
            datasets = list(session.scalars(select(Dataset.id).order_by(Dataset.code)))
        with ProgressBar("verifying", len(releases)) as bar:
            found = _Verification(engine, settings.archive_directory, digests_only, bar, as_json)
            found.verify_releases(releases)
            found.verify_datasets([] if digests_only else datasets)
    if as_json:
        print_json({"faults": found.mismatch_count, "releases": found.releases, "datasets": found.datasets})
    else:
        click.echo(_summary(found) if releases else _empty_summary(settings))
    sys.exit(MISMATCH_EXIT_CODE if found.mismatch_count else 0)


def _summary(found: _Verification) -> str:
    unread = f"; {found.unreadable_count} of them cannot be parsed again" if found.unreadable_count else ""
    return f"{len(found.releases)} releases verified, {found.mismatch_count} faults{unread}."


def _empty_summary(settings: Settings) -> str:
    name = settings.home if settings.database_url is None else "DATABASE_URL"
    return f"There are no releases in this database, so that nothing was verified ({name})."

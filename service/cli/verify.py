"""The command `tradeflows verify`."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import Engine, select

from service.cli.database import migrated_engine
from service.cli.reports.progress import ProgressBar
from service.config import load_settings
from service.ingest.release.publish import open_load_session
from service.ingest.verification.validity_intervals import inconsistent_intervals
from service.ingest.verification.verify import VerificationResult, verify_release
from service.models import Dataset, Release

MISMATCH_EXIT_CODE = 65
ReleaseKey = tuple[int, int]


@dataclass
class _Verification:
    """The results so far; faults are printed as they are found."""

    engine: Engine
    archive: Path
    digests_only: bool
    progress_bar: ProgressBar
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
                self._report_mismatches(dataset.code, inconsistent_intervals(session, dataset))

    def _report_release(self, code: str, verdict: VerificationResult) -> None:
        self._report_mismatches(code, verdict.errors)
        self.progress_bar.advance(1, code)
        if verdict.skip_reason is not None:
            self.unreadable_count += 1
            self.progress_bar.print(f"{code}: {verdict.skip_reason}")
        elif not verdict.errors:
            right = (
                "digests are right" if self.digests_only else f"{verdict.figure_count} figures are those of its files"
            )
            self.progress_bar.print(f"{code}: {right}", show_on_terminal=False)

    def _report_mismatches(self, code: str, mismatches: Iterable[str]) -> None:
        for fault in mismatches:
            self.mismatch_count += 1
            self.progress_bar.print(f"{code}: {fault}")


@click.command()
@click.option("--digests-only", is_flag=True, help="Compare digests only: of the archived bytes, and of the figures.")
def verify(*, digests_only: bool) -> None:
    """Parse the archived files of every release again and compare each figure with the database."""
    settings = load_settings()
    with migrated_engine(settings) as engine:
        with open_load_session(engine) as session:
            by_day = select(Release.dataset_id, Release.id).order_by(Release.published_on, Release.code)
            releases = [(row.dataset_id, row.id) for row in session.execute(by_day)]
            datasets = list(session.scalars(select(Dataset.id).order_by(Dataset.code)))
        with ProgressBar("verifying", len(releases)) as bar:
            found = _Verification(engine, settings.archive_directory, digests_only, bar)
            found.verify_releases(releases)
            found.verify_datasets([] if digests_only else datasets)
    unread = f"; {found.unreadable_count} of them cannot be parsed again" if found.unreadable_count else ""
    click.echo(f"{len(releases)} releases verified, {found.mismatch_count} faults{unread}.")
    sys.exit(MISMATCH_EXIT_CODE if found.mismatch_count else 0)

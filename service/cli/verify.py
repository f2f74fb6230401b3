"""The command `tradeflows verify`."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import Engine, select

from service.cli.database import prepared_engine
from service.cli.progress import Bar
from service.config import settings_from
from service.ingest.release.publish import in_one_transaction
from service.ingest.verification.validity_intervals import astray
from service.ingest.verification.verify import Verdict
from service.ingest.verification.verify import verify as verdict_on
from service.models import Dataset, Release

DIFFERENT = 65
Key = tuple[int, int]


@dataclass
class _Verification:
    """What was found so far, said line by line."""

    engine: Engine
    archive: Path
    quick: bool
    bar: Bar
    faults: int = 0
    unread: int = 0

    def releases(self, keys: Iterable[Key]) -> None:
        """Verify releases, each in a transaction of its own, of which nothing is kept."""
        for key in keys:
            with in_one_transaction(self.engine) as session:
                release = session.get_one(Release, key)
                verdict = verdict_on(session, release, archive_folder=self.archive, quick=self.quick)
                self._say(release.code, verdict)

    def datasets(self, keys: Iterable[int]) -> None:
        """Verify that figures of datasets stood at times that releases account for."""
        for key in keys:
            with in_one_transaction(self.engine) as session:
                dataset = session.get_one(Dataset, key)
                self._name(dataset.code, astray(session, dataset))

    def _say(self, code: str, verdict: Verdict) -> None:
        self._name(code, verdict.faults)
        self.bar.advance(1, code)
        if verdict.unread is not None:
            self.unread += 1
            self.bar.say(f"{code}: {verdict.unread}")
        elif not verdict.faults:
            right = "digests are right" if self.quick else f"{verdict.figures} figures are those of its files"
            self.bar.say(f"{code}: {right}", on_terminals=False)

    def _name(self, code: str, faults: Iterable[str]) -> None:
        for fault in faults:
            self.faults += 1
            self.bar.say(f"{code}: {fault}")


@click.command()
@click.option("--quick", is_flag=True, help="Compare digests only: of the archived bytes, and of the figures.")
def verify(*, quick: bool) -> None:
    """Read the archived files of every release anew, and compare with the database, figure by figure."""
    settings = settings_from()
    with prepared_engine(settings) as engine:
        with in_one_transaction(engine) as session:
            by_day = select(Release.dataset_id, Release.id).order_by(Release.published_on, Release.code)
            releases = [(row.dataset_id, row.id) for row in session.execute(by_day)]
            datasets = list(session.scalars(select(Dataset.id).order_by(Dataset.code)))
        with Bar("verifying", len(releases)) as bar:
            found = _Verification(engine, settings.archive, quick, bar)
            found.releases(releases)
            found.datasets([] if quick else datasets)
    unread = f"; {found.unread} of them cannot be parsed again" if found.unread else ""
    click.echo(f"{len(releases)} releases verified, {found.faults} faults{unread}.")
    sys.exit(DIFFERENT if found.faults else 0)

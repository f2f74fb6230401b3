"""Loads files: each publication of a dataset in one transaction."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service.errors import BadFile, Defect
from service.ingest.archive.archive import Archived, archive, archive_beside, keeping
from service.ingest.catalog.catalog import catalog_for
from service.ingest.catalog.code_snapshot import codes_of
from service.ingest.pipeline.load_report import Report
from service.ingest.pipeline.parser import Described, Reading, figures_of
from service.ingest.release.maintenance import keep_up
from service.ingest.release.publish import (
    Publication,
    in_one_transaction,
    publish_release,
    repeats_newest,
)

FindDay = Callable[[str], date | None]


@dataclass(frozen=True)
class Loaded:
    """What became of the files of one publication; `release` is null where they were loaded before."""

    published_on: date
    dataset_id: int
    files: tuple[str, ...]
    release: str | None
    rows: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Load:
    """How files are loaded.

    `published_on` tells the day that a file's name tells (null: none), `archive_folder` is where raw bytes are kept,
    `dataset` a code in the place of the one that is described, `each` is called after every publication. Without
    `day_is_said` the day is only that of the load: the bytes of the newest release are then nothing new.
    """

    engine: Engine
    reading: Reading
    published_on: FindDay
    stage: str
    archive_folder: Path
    dataset: str | None = None
    dry_run: bool = False
    day_is_said: bool = True
    each: Callable[[Loaded], None] = lambda _loaded: None

    def __call__(self, paths: Sequence[Path]) -> None:
        """Load files, those of one day as one release of each dataset in them, the earliest day first.

        :raises BadFile: a file cannot be loaded; what was published before it stays, of its own nothing does.
        :raises LoadInProgress: another load of the dataset is running.
        """
        touched = set()
        for day, files in sorted(self._by_day(paths).items()):
            for loaded in self._load_day(files, day):
                self.each(loaded)
                touched.add(loaded.dataset_id)
        if not self.dry_run:
            keep_up(self.engine, touched)

    def _load_day(self, paths: Sequence[Path], day: date) -> list[Loaded]:
        """Publish the files of a day, whichever datasets are in them, or nothing of them."""
        with (
            keeping(self.archive_folder, for_good=not self.dry_run) as folder,
            in_one_transaction(self.engine) as session,
        ):
            issue = _Issue(
                published_on=day,
                files=[archive(path, folder=folder) for path in paths],
                beside=[archive_beside(file, folder=folder) for file in self.reading.beside],
                folder=folder,
            )
            datasets = self.reading.describe(issue.files)
            if not datasets:
                raise BadFile(issue.files[0].name, [Defect("holds no figure")])
            loaded = [self._publish(session, issue, described) for described in datasets]
            if not self.dry_run:
                session.commit()
        return loaded

    def _by_day(self, paths: Sequence[Path]) -> dict[date, list[Path]]:
        _refuse_same_names(paths)
        days: dict[date, list[Path]] = defaultdict(list)
        for path in sorted(paths, key=lambda path: path.name):
            day = self.published_on(path.name)
            if day is None:
                rule = "the name does not tell when it was published; say so by --published 2024-02-28"
                raise BadFile(path.name, [Defect(rule)])
            days[day].append(path)
        return days

    def _publish(self, session: Session, issue: "_Issue", described: Described) -> Loaded:
        reports = [Report(file.name) for file in issue.files]
        catalog = catalog_for(
            session,
            described.dataset | ({} if self.dataset is None else {"code": self.dataset}),
            classification=described.classification,
            goods=described.goods,
            scheme=described.scheme,
        )
        publication = Publication(
            dataset_id=catalog.dataset.id,
            published_on=issue.published_on,
            stage=self.stage,
            file_name=", ".join(file.name for file in issue.files),
            sha256=_digest(issue.files),
            parser_version=described.parser_version,
            source=self.reading.source,
            source_dataset=described.dataset["code"],
            source_options=dict(self.reading.options),
        )
        oddities: list[str] = []
        release = None
        if self.day_is_said or not repeats_newest(session, publication):
            release = publish_release(
                session,
                publication,
                figures_of(described, issue.files, catalog, reports),
                files=[*issue.files, *issue.beside],
                keep_codes=lambda read: [archive_beside(codes_of(session, catalog, read), folder=issue.folder)],
                note=oddities.append,
            )
        return Loaded(
            published_on=issue.published_on,
            dataset_id=publication.dataset_id,
            files=tuple(file.name for file in issue.files),
            release=None if release is None else release.code,
            rows=0 if release is None else release.rows,
            notes=(*(line for report in reports for line in report.lines()), *oddities),
        )


@dataclass(frozen=True)
class _Issue:
    """The files of one day, as they are kept in the folder, and those beside them by which they are read."""

    published_on: date
    files: Sequence[Archived]
    beside: Sequence[Archived]
    folder: Path


def _refuse_same_names(paths: Sequence[Path]) -> None:
    for name, times in Counter(path.name for path in paths).items():
        if times > 1:
            raise BadFile(name, [Defect("is the name of two files: a release knows its files by their names")])


def _digest(files: Sequence[Archived]) -> str:
    """Return the sha256 of a single file, or one of all, whatever their order."""
    if len(files) == 1:
        return files[0].sha256
    return sha256("".join(sorted(file.sha256 for file in files)).encode()).hexdigest()

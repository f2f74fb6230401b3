"""Loads files: each publication of a dataset in one transaction."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service.errors import BadFile, Defect
from service.ingest.archive import Archived, kept
from service.ingest.catalog import catalog_for
from service.ingest.publish import (
    Publication,
    in_one_transaction,
    publish_release,
    refresh_statistics,
    repeats_newest,
)
from service.ingest.report import Report
from service.ingest.source import Described

Describe = Callable[[Sequence[Archived]], Sequence[Described]]
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

    `describe` tells the datasets in the files of one day, `published_on` the day that a file's name tells (null:
    none), `archive_folder` is where raw bytes are kept, `dataset` a code
    in the place of the one that is described, `each` is called after every publication. Without `day_is_said` the day
    is only that of the load: the bytes of the newest release are then nothing new.
    """

    engine: Engine
    describe: Describe
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
            refresh_statistics(self.engine, touched)

    def _load_day(self, paths: Sequence[Path], day: date) -> list[Loaded]:
        """Publish the files of a day, whichever datasets are in them, or nothing of them."""
        with (
            kept(paths, folder=self.archive_folder, for_good=not self.dry_run) as files,
            in_one_transaction(self.engine) as session,
        ):
            datasets = self.describe(files)
            if not datasets:
                raise BadFile(files[0].name, [Defect("holds no figure")])
            loaded = [self._publish(session, files, described, day) for described in datasets]
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

    def _publish(self, session: Session, files: Sequence[Archived], described: Described, day: date) -> Loaded:
        reports = [Report(file.name) for file in files]
        catalog = catalog_for(
            session,
            described.dataset | ({} if self.dataset is None else {"code": self.dataset}),
            classification=described.classification,
            goods=described.goods,
            scheme=described.scheme,
        )
        publication = Publication(
            dataset_id=catalog.dataset.id,
            published_on=day,
            stage=self.stage,
            file_name=", ".join(file.name for file in files),
            sha256=_digest(files),
            parser_version=described.parser_version,
        )
        figures = _figures(files, lambda path, report: described.read(path, catalog, report), reports)
        oddities: list[str] = []
        release = None
        if self.day_is_said or not repeats_newest(session, publication):
            release = publish_release(session, publication, figures, files=files, note=oddities.append)
        return Loaded(
            published_on=day,
            dataset_id=publication.dataset_id,
            files=tuple(file.name for file in files),
            release=None if release is None else release.code,
            rows=0 if release is None else release.rows,
            notes=(*(line for report in reports for line in report.lines()), *oddities),
        )


def _refuse_same_names(paths: Sequence[Path]) -> None:
    for name, times in Counter(path.name for path in paths).items():
        if times > 1:
            raise BadFile(name, [Defect("is the name of two files: a release knows its files by their names")])


def _figures(
    files: Sequence[Archived], read: Callable[[Path, Report], Iterator[pa.RecordBatch]], reports: Sequence[Report]
) -> Iterator[pa.RecordBatch]:
    """Yield the figures of all files, read from the archive: what is loaded is what is kept."""
    any_figure = False
    for file, report in zip(files, reports, strict=True):
        for figures in read(file.path, report):
            any_figure = any_figure or figures.num_rows > 0
            yield figures
        report.refuse_defects()
    if not any_figure:
        left_out = [Defect(line) for report in reports for line in report.lines()]
        raise BadFile(", ".join(file.name for file in files), [Defect("holds no figure"), *left_out], total=1)


def _digest(files: Sequence[Archived]) -> str:
    """Return the sha256 of a single file, or one of all, whatever their order."""
    if len(files) == 1:
        return files[0].sha256
    return sha256("".join(sorted(file.sha256 for file in files)).encode()).hexdigest()

"""Loads files: each publication of a dataset in one transaction."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service.errors import FileError, InvalidFile
from service.ingest.archive.archive import ArchivedFile, archive_file, archive_supporting_file, open_archive
from service.ingest.catalog.catalog import prepare_catalog
from service.ingest.catalog.code_snapshot import snapshot_codes
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.pipeline.parser import DatasetDescription, Parser, parse_files
from service.ingest.release.maintenance import analyze_and_vacuum
from service.ingest.release.publish import (
    Publication,
    matches_newest_release,
    open_load_session,
    publish_release,
)

PublicationDateFinder = Callable[[str], date | None]


@dataclass(frozen=True)
class LoadResult:
    """What became of the files of one publication; `release` is null where they were loaded before."""

    published_on: date
    dataset_id: int
    file_names: tuple[str, ...]
    release_code: str | None
    row_count: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class FileLoader:
    """How files are loaded.

    `published_on` tells the day that a file's name tells (null: none), `archive_folder` is where raw bytes are kept,
    `dataset` a code in the place of the one that is described, `each` is called after every publication. Without
    `day_is_said` the day is only that of the load: the bytes of the newest release are then nothing new.
    """

    engine: Engine
    parser: Parser
    find_publication_date: PublicationDateFinder
    stage: str
    archive_folder: Path
    dataset_code: str | None = None
    dry_run: bool = False
    explicit_date: bool = True
    publication_callback: Callable[[LoadResult], None] = lambda _loaded: None

    def __call__(self, paths: Sequence[Path]) -> None:
        """Load files, those of one day as one release of each dataset in them, the earliest day first.

        :raises BadFile: a file cannot be loaded; what was published before it stays, of its own nothing does.
        :raises LoadInProgress: another load of the dataset is running.
        """
        touched = set()
        for day, files in sorted(self._group_by_day(paths).items()):
            for loaded in self._load_day(files, day):
                self.publication_callback(loaded)
                touched.add(loaded.dataset_id)
        if not self.dry_run:
            analyze_and_vacuum(self.engine, touched)

    def _load_day(self, paths: Sequence[Path], day: date) -> list[LoadResult]:
        """Publish the files of a day, whichever datasets are in them, or nothing of them."""
        with (
            open_archive(self.archive_folder, permanent=not self.dry_run) as folder,
            open_load_session(self.engine) as session,
        ):
            issue = _DailyFiles(
                published_on=day,
                files=[archive_file(path, folder=folder) for path in paths],
                supporting_files=[
                    archive_supporting_file(file, folder=folder) for file in self.parser.supporting_files
                ],
                folder=folder,
            )
            datasets = self.parser.describe(issue.files)
            if not datasets:
                raise InvalidFile(issue.files[0].name, [FileError("holds no figure")])
            loaded = [self._publish(session, issue, described) for described in datasets]
            if not self.dry_run:
                session.commit()
        return loaded

    def _group_by_day(self, paths: Sequence[Path]) -> dict[date, list[Path]]:
        _check_unique_names(paths)
        days: dict[date, list[Path]] = defaultdict(list)
        for path in sorted(paths, key=lambda path: path.name):
            day = self.find_publication_date(path.name)
            if day is None:
                rule = "the name does not tell when it was published; say so by --published 2024-02-28"
                raise InvalidFile(path.name, [FileError(rule)])
            days[day].append(path)
        return days

    def _publish(self, session: Session, daily_files: "_DailyFiles", description: DatasetDescription) -> LoadResult:
        reports = [LoadReport(file.name) for file in daily_files.files]
        catalog = prepare_catalog(
            session,
            description.dataset | ({} if self.dataset_code is None else {"code": self.dataset_code}),
            classification=description.classification,
            commodities=description.commodities,
            scheme=description.area_scheme,
        )
        publication = Publication(
            dataset_id=catalog.dataset.id,
            published_on=daily_files.published_on,
            stage=self.stage,
            file_name=", ".join(file.name for file in daily_files.files),
            sha256=_combined_sha256(daily_files.files),
            parser_version=description.parser_version,
            source=self.parser.source,
            source_dataset=description.dataset["code"],
            source_options=dict(self.parser.options),
        )
        oddities: list[str] = []
        release = None
        if self.explicit_date or not matches_newest_release(session, publication):
            release = publish_release(
                session,
                publication,
                parse_files(description, daily_files.files, catalog, reports),
                files=[*daily_files.files, *daily_files.supporting_files],
                archive_codes=lambda read: [
                    archive_supporting_file(snapshot_codes(session, catalog, read), folder=daily_files.folder)
                ],
                warn=oddities.append,
            )
        return LoadResult(
            published_on=daily_files.published_on,
            dataset_id=publication.dataset_id,
            file_names=tuple(file.name for file in daily_files.files),
            release_code=None if release is None else release.code,
            row_count=0 if release is None else release.rows,
            warnings=(*(line for report in reports for line in report.warnings()), *oddities),
        )


@dataclass(frozen=True)
class _DailyFiles:
    """The files of one day, as they are kept in the folder, and those beside them by which they are read."""

    published_on: date
    files: Sequence[ArchivedFile]
    supporting_files: Sequence[ArchivedFile]
    folder: Path


def _check_unique_names(paths: Sequence[Path]) -> None:
    for name, times in Counter(path.name for path in paths).items():
        if times > 1:
            raise InvalidFile(name, [FileError("is the name of two files: a release knows its files by their names")])


def _combined_sha256(files: Sequence[ArchivedFile]) -> str:
    """Return the sha256 of a single file, or one of all, whatever their order."""
    if len(files) == 1:
        return files[0].sha256
    return sha256("".join(sorted(file.sha256 for file in files)).encode()).hexdigest()

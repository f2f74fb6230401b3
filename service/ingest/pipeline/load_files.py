"""The load of files: all files of one publication date are published in one transaction."""

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
from service.ingest.catalog.unmapped_codes import UnmappedPolicy
from service.ingest.pipeline.file_checks import check_loadable
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.pipeline.parser import DatasetDescription, Parser, parse_files
from service.ingest.release.coverage import SELECTION, Coverage
from service.ingest.release.load_session import open_load_session
from service.ingest.release.maintenance import analyze_and_vacuum
from service.ingest.release.publish import (
    Publication,
    matches_newest_release,
    publish_release,
)
from service.ingest.release.unmapped_totals import UnmappedFigures, unmapped_codes_of_release
from service.models import Dataset

PublicationDateFinder = Callable[[str], date | None]


@dataclass(frozen=True)
class LoadResult:
    """The result of loading the files of one date into one dataset.

    `release_code` is null, and `row_count` 0, where the files had been loaded before.
    """

    published_on: date
    dataset_id: int
    file_names: tuple[str, ...]
    release_code: str | None
    row_count: int
    warnings: tuple[str, ...]
    unmapped: tuple[UnmappedFigures, ...] = ()


@dataclass(frozen=True)
class FileLoader:
    """A loader of files of one source.

    `find_publication_date` returns the publication date of a file by its name; null where it is unknown. `stage` is
    that of the releases. `archive_folder` is the folder that keeps the loaded files. `dataset_code` replaces the code
    that the source gives the dataset; null keeps it. `covers` replaces the coverage that the source declares; null
    keeps it.
    `explicit_date` is false where the publication date is only the day of the load; files that are identical to those
    of the newest release are then not loaded again. `publication_callback` is called after every publication. A dry run
    stores nothing.
    """

    engine: Engine
    parser: Parser
    find_publication_date: PublicationDateFinder
    stage: str
    archive_folder: Path
    dataset_code: str | None = None
    dry_run: bool = False
    explicit_date: bool = True
    unmapped_policy: UnmappedPolicy = "keep"
    covers: Coverage | None = None
    publication_callback: Callable[[LoadResult], None] = lambda _result: None

    def __call__(self, paths: Sequence[Path]) -> None:
        """Load files, the earliest date first; the files of one date become one release of each dataset in them.

        :raises InvalidFile: a file cannot be loaded; earlier publications stay, and nothing of this one is stored.
        :raises LoadInProgress: another load of the dataset is running.
        """
        dataset_ids = set()
        for day, files in sorted(self._group_by_day(paths).items()):
            for result in self._load_day(files, day):
                self.publication_callback(result)
                dataset_ids.add(result.dataset_id)
        if not self.dry_run:
            analyze_and_vacuum(self.engine, dataset_ids)

    def _load_day(self, paths: Sequence[Path], day: date) -> list[LoadResult]:
        """Publish all datasets in the files of one date, or none of them."""
        with (
            open_archive(self.archive_folder, permanent=not self.dry_run) as folder,
            open_load_session(self.engine) as session,
        ):
            daily_files = _DailyFiles(
                published_on=day,
                files=[archive_file(path, folder=folder) for path in paths],
                supporting_files=[
                    archive_supporting_file(file, folder=folder) for file in self.parser.supporting_files
                ],
                folder=folder,
            )
            datasets = self.parser.describe(daily_files.files)
            if not datasets:
                raise InvalidFile(daily_files.files[0].name, [FileError("has no figure")])
            results = [self._publish(session, daily_files, description) for description in datasets]
            if not self.dry_run:
                session.commit()
        return results

    def _group_by_day(self, paths: Sequence[Path]) -> dict[date, list[Path]]:
        _check_unique_names(paths)
        days: dict[date, list[Path]] = defaultdict(list)
        for path in paths:
            check_loadable(path)
        for path in sorted(paths, key=lambda path: path.name):
            day = self.find_publication_date(path.name)
            if day is None:
                rule = "the name has no publication date; add --published 2024-02-28"
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
            unmapped_policy=self.unmapped_policy,
        )
        covers = self.covers or description.covers
        _check_coverage(catalog.dataset, covers, daily_files.files[0].name)
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
            covers=covers,
        )
        plausibility_notes: list[str] = []
        release = None
        if self.explicit_date or not matches_newest_release(session, publication):
            release = publish_release(
                session,
                publication,
                parse_files(description, daily_files.files, catalog, reports),
                catalog=catalog,
                files=[*daily_files.files, *daily_files.supporting_files],
                archive_codes=lambda spill_file: [
                    archive_supporting_file(snapshot_codes(session, catalog, spill_file), folder=daily_files.folder)
                ],
                warn=plausibility_notes.append,
            )
        return LoadResult(
            published_on=daily_files.published_on,
            dataset_id=publication.dataset_id,
            file_names=tuple(file.name for file in daily_files.files),
            release_code=None if release is None else release.code,
            row_count=0 if release is None else release.rows,
            warnings=(*(line for report in reports for line in report.warnings()), *plausibility_notes),
            unmapped=() if release is None else tuple(unmapped_codes_of_release(session, release)),
        )


@dataclass(frozen=True)
class _DailyFiles:
    """The archived files of one date, with the supporting files of their parser."""

    published_on: date
    files: Sequence[ArchivedFile]
    supporting_files: Sequence[ArchivedFile]
    folder: Path


def _check_coverage(dataset: Dataset, covers: Coverage, file_name: str) -> None:
    if dataset.exhaustive and covers == SELECTION:
        rule = (
            f"dataset {dataset.code} is exhaustive, and a selection does not add up to its totals; "
            "load files with all figures of their flows and periods, or choose a dataset that is not exhaustive"
        )
        raise InvalidFile(file_name, [FileError(rule)])


def _check_unique_names(paths: Sequence[Path]) -> None:
    for name, file_count in Counter(path.name for path in paths).items():
        if file_count > 1:
            raise InvalidFile(name, [FileError("is the name of two files; rename one of them")])


def _combined_sha256(files: Sequence[ArchivedFile]) -> str:
    """Return the sha256 of a single file, or one sha256 of all files, independent of their order."""
    if len(files) == 1:
        return files[0].sha256
    return sha256("".join(sorted(file.sha256 for file in files)).encode()).hexdigest()

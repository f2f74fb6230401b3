"""The reinstatement of a withdrawn release: its archived files are published again, as a release of a later day.

The figures that were valid between the withdrawal and that day do not change.
"""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service.errors import SourceUnavailable, WithdrawalRefused
from service.ingest.archive.archive import FIGURES_ROLE, ArchivedFile, SupportingFile, archive_errors
from service.ingest.pipeline.load_files import FileLoader, LoadResult
from service.ingest.pipeline.parser import Parser
from service.ingest.pipeline.parser_registry import parser_for_release
from service.ingest.release.withdraw import find_release
from service.ingest.verification.reparse import release_files
from service.models import Dataset, Release


def reinstate_release(
    engine: Engine,
    code: str,
    *,
    published_on: date,
    archive_folder: Path,
    publication_callback: Callable[[LoadResult], None],
) -> None:
    """Publish the archived files of a withdrawn release again, as a release of the day `published_on`.

    :raises NotFound: there is no release with this code.
    :raises WithdrawalRefused: the release is not withdrawn, was withdrawn after `published_on`, or has no archived
        files.
    :raises InvalidFile: the files can no longer be parsed.
    :raises SourceUnavailable: the archive lacks one of the files, or has other bytes.
    """
    with Session(engine) as session:
        release = find_release(session, code)
        _check_reinstatable(release, published_on)
        files = release_files(session, release, archive_folder=archive_folder)
        dataset_code = session.get_one(Dataset, release.dataset_id).code
        figure_files = [file for file in files if file.role == FIGURES_ROLE]
        if not figure_files:
            raise WithdrawalRefused(f"{code} has no archived files; load its figures again")
        _check_archive(files, archive_folder)
        loader = FileLoader(
            engine=engine,
            parser=_parser_of_release(release, files),
            find_publication_date=lambda _name: published_on,
            stage=release.stage,
            archive_folder=archive_folder,
            dataset_code=dataset_code,
            covers="selection" if release.covers == "selection" else "complete",
            publication_callback=publication_callback,
        )
    with tempfile.TemporaryDirectory() as folder:
        loader(_copy_files(figure_files, Path(folder)))


def _check_reinstatable(release: Release, day: date) -> None:
    if release.withdrawn_on is None:
        raise WithdrawalRefused(f"{release.code} is not withdrawn")
    if day < release.withdrawn_on:
        raise WithdrawalRefused(
            f"{release.code} was withdrawn on {release.withdrawn_on}; choose that day or a later one"
        )


def _check_archive(files: Sequence[ArchivedFile], folder: Path) -> None:
    if errors := list(archive_errors(files)):
        raise SourceUnavailable(
            f"{'; '.join(errors)}. Restore {folder} from a backup, or set TRADEFLOWS_HOME to the folder with its "
            "archive; without the files, load the figures again"
        )


def _parser_of_release(release: Release, files: Sequence[ArchivedFile]) -> Parser:
    """Return the parser that a release was loaded with, for its own dataset alone."""
    supporting_files = [
        SupportingFile(file.role, file.name, file.path.read_bytes()) for file in files if file.role != FIGURES_ROLE
    ]
    parser = parser_for_release(release.source or "", release.source_options or {}, supporting_files)
    return replace(
        parser,
        describe=lambda archived: [
            each for each in parser.describe(archived) if each.dataset["code"] == release.source_dataset
        ],
    )


def _copy_files(files: Sequence[ArchivedFile], folder: Path) -> list[Path]:
    """Copy archived files into a folder, under the names that they were loaded by."""
    return [Path(shutil.copyfile(file.path, folder / file.name)) for file in files]

"""The command `tradeflows load`."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from service.cli.database import migrated_engine
from service.cli.load_annotations import indicators, measures
from service.cli.reports.progress import ProgressBar
from service.cli.reports.table import print_json
from service.cli.reports.unmapped_table import unmapped_table
from service.cli.types import DayType, json_option
from service.config import load_settings
from service.ingest.catalog.mapping_file import read_mapping
from service.ingest.catalog.unmapped_codes import UnmappedPolicy
from service.ingest.pipeline.load_files import FileLoader, LoadResult, PublicationDateFinder
from service.ingest.pipeline.parser import Parser
from service.ingest.pipeline.parser_registry import FIXED_LAYOUTS, baci_parser, fixed_layout_parser
from service.ingest.release.coverage import Coverage
from service.ingest.sources.demo import load_demo
from service.ingest.sources.tidy.parser import tidy_parser

RELEASE_STAGES = ("provisional", "revised", "final")
CommandFunction = TypeVar("CommandFunction", bound=Callable[..., None])
EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def load() -> None:
    """Load files; all files of one publication date become a release, in one transaction."""


def _common_options(command: CommandFunction) -> CommandFunction:
    for option in (
        json_option,
        click.option("--dry-run", is_flag=True, help="Validate the files and store nothing."),
        click.option(
            "--covers",
            type=click.Choice(("complete", "selection")),
            help="complete: files with all figures of their periods; selection: other figures remain.  "
            "[default: as the source declares]",
        ),
        click.option(
            "--unmapped",
            "unmapped_policy",
            type=click.Choice(("keep", "refuse")),
            default="keep",
            show_default=True,
            help="keep: store and count figures with unmapped codes; refuse: reject the file.",
        ),
        click.option(
            "--stage", type=click.Choice(RELEASE_STAGES), help="Stage of the figures.  [default: provisional]"
        ),
        click.option(
            "--published", type=DayType(), help="Date of publication, if the names of the files do not have it."
        ),
        click.option("--dataset", help="Code of the dataset instead of the default of the source."),
        click.argument("files", nargs=-1, required=True, type=EXISTING_FILE),
    ):
        command = option(command)
    return command


@load.command()
@_common_options
@click.option("--mapping", required=True, type=EXISTING_FILE, help="TOML file that describes the columns.")
@click.option(
    "--codelists",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Directory of the code lists of the mapping.  [default: the directory of the mapping]",
)
def tidy(mapping: Path, codelists: Path | None, stage: str | None, **options: Any) -> None:
    """Load CSV, Parquet or XLSX files with one figure per row, described by a mapping.

    The mapping names the columns, the code lists and the stage of the figures: provisional, revised or final. --stage
    replaces the stage of the mapping, and --codelists is the folder of the code lists.
    """
    described = read_mapping(mapping, codelists_folder=codelists)
    load_files(
        tidy_parser(described),
        find_publication_date=described.publication_date,
        stage=stage or described.stage,
        **options,
    )


@load.command()
@_common_options
@click.option("--reporter", required=True, help="Reporter to load from the files: a code of UN Comtrade, such as 392.")
def baci(reporter: str, stage: str | None, **options: Any) -> None:
    """Load CEPII's BACI for one reporter."""
    load_files(baci_parser(reporter), stage=stage or "final", **options)


@load.command()
def demo() -> None:
    """Load the demo, monthly trade of Japan and the United States, into an empty database."""
    with migrated_engine(load_settings(), can_create=True) as engine:
        click.echo(f"Loaded the demo: Japan and the United States, {load_demo(engine)} new releases.")


def _add_command(source: str) -> None:
    @load.command(source, help=f"Load files of {source} in their original layout.")
    @_common_options
    def command(stage: str | None, **options: Any) -> None:
        load_files(fixed_layout_parser(source), stage=stage or "provisional", **options)


for name in FIXED_LAYOUTS:
    _add_command(name)
for annotations in (measures, indicators):
    load.add_command(annotations)


def load_files(
    parser: Parser,
    *,
    files: tuple[Path, ...],
    stage: str,
    published: date | None = None,
    find_publication_date: PublicationDateFinder = lambda _file_name: None,
    dataset: str | None = None,
    dry_run: bool = False,
    explicit_date: bool = True,
    unmapped_policy: UnmappedPolicy = "keep",
    covers: Coverage | None = None,
    as_json: bool = False,
) -> None:
    """Load files of one source, and print the result for each publication date; progress goes to standard error.

    `published` is the publication date of all files; if it is null, `find_publication_date` returns it for each file
    name. The other parameters are those of `FileLoader`.

    :raises InvalidFile: a file cannot be loaded.
    :raises LoadInProgress: another load of the dataset is running.
    """
    settings = load_settings()
    results: list[LoadResult] = []
    with migrated_engine(settings, can_create=True) as engine, ProgressBar("loading", len(files)) as bar:
        FileLoader(
            engine=engine,
            parser=parser,
            find_publication_date=find_publication_date if published is None else lambda _name: published,
            stage=stage,
            archive_folder=settings.archive_directory,
            dataset_code=dataset,
            dry_run=dry_run,
            explicit_date=explicit_date,
            unmapped_policy=unmapped_policy,
            covers=covers,
            publication_callback=partial(_report_result, bar, results, as_json=as_json),
        )(files)
    if as_json:
        print_json([_result_row(result) | {"dry_run": dry_run} for result in results])
    elif dry_run:
        click.echo("Dry run: nothing was stored.")


def _result_row(loaded: LoadResult) -> dict[str, Any]:
    return {
        "release": loaded.release_code,
        "published_on": loaded.published_on,
        "files": loaded.file_names,
        "rows": loaded.row_count,
        "warnings": loaded.warnings,
        "unmapped": [each._asdict() for each in loaded.unmapped],
    }


def _report_result(bar: ProgressBar, results: list[LoadResult], loaded: LoadResult, *, as_json: bool) -> None:
    """Print the result for the files of one day, unless all results are printed as JSON at the end."""
    bar.advance(len(loaded.file_names), str(loaded.published_on))
    results.append(loaded)
    if as_json:
        return
    for note in loaded.warnings:
        bar.print(note)
    for line in unmapped_table(loaded.unmapped):
        click.echo(line)
    outcome = "nothing new" if loaded.release_code is None else f"{loaded.release_code}, {loaded.row_count} figures"
    click.echo(f"{', '.join(loaded.file_names)}: {outcome}")

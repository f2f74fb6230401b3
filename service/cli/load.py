"""The command `tradeflows load`."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from service.cli.database import prepared_engine
from service.cli.progress import Bar
from service.cli.types import Day
from service.config import settings_from
from service.ingest.catalog.mapping_file import read_mapping
from service.ingest.pipeline.load_files import FindDay, Load, Loaded
from service.ingest.pipeline.parser import Reading
from service.ingest.pipeline.parser_registry import FIXED_LAYOUTS, baci_of, fixed_layout
from service.ingest.sources.demo import load_demo
from service.ingest.sources.tidy.parser import reading_by

STAGES = ("provisional", "revised", "final")
Command = TypeVar("Command", bound=Callable[..., None])
an_existing_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def load() -> None:
    """Load files: each publication becomes a release, in one transaction."""


def _of_every_source(command: Command) -> Command:
    for option in (
        click.option("--dry-run", is_flag=True, help="Do everything but keep it."),
        click.option("--stage", type=click.Choice(STAGES), help="How final the figures are.  [default: provisional]"),
        click.option("--published", type=Day(), help="When the files were published, if their names do not tell."),
        click.option("--dataset", help="Code of the dataset, in the place of the source's own."),
        click.argument("files", nargs=-1, required=True, type=an_existing_file),
    ):
        command = option(command)
    return command


@load.command()
@_of_every_source
@click.option("--mapping", required=True, type=an_existing_file, help="What the columns mean, in TOML.")
@click.option(
    "--lists",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the lists of codes lie that the mapping names, if not beside it.",
)
def tidy(mapping: Path, lists: Path | None, stage: str | None, **asked: Any) -> None:
    """Load CSV, Parquet or XLSX files with one figure a row, read by a mapping."""
    described = read_mapping(mapping, lists=lists)
    load_files(
        reading_by(described),
        find_day=described.published_on,
        stage=stage or described.stage,
        **asked,
    )


@load.command()
@_of_every_source
@click.option("--reporter", required=True, help="Whose trade to take from the files: a code of UN Comtrade, as 392.")
def baci(reporter: str, stage: str | None, **asked: Any) -> None:
    """Load CEPII's BACI for one reporter."""
    load_files(baci_of(reporter), stage=stage or "final", **asked)


@load.command()
def demo() -> None:
    """Load the demo, the figures of Japan by principal commodity, where nothing else is loaded."""
    with prepared_engine(settings_from()) as engine:
        click.echo(f"Loaded the demo: Japan, {load_demo(engine)} monthly releases that were not there.")


def _add_command(source: str) -> None:
    @load.command(source, help=f"Load files of {source}, as they come.")
    @_of_every_source
    def command(stage: str | None, **asked: Any) -> None:
        load_files(fixed_layout(source), stage=stage or "provisional", **asked)


for name in FIXED_LAYOUTS:
    _add_command(name)


def load_files(
    reading: Reading,
    *,
    files: tuple[Path, ...],
    stage: str,
    published: date | None = None,
    find_day: FindDay = lambda _file_name: None,
    dataset: str | None = None,
    dry_run: bool = False,
    day_is_said: bool = True,
) -> None:
    """Load files of one source, with a bar on a terminal and plain lines elsewhere; `day_is_said` as `Load` has it.

    :raises BadFile: a file cannot be loaded.
    :raises LoadInProgress: another load of the dataset is running.
    """
    settings = settings_from()
    with prepared_engine(settings) as engine, Bar("loading", len(files)) as bar:
        Load(
            engine=engine,
            reading=reading,
            published_on=find_day if published is None else lambda _name: published,
            stage=stage,
            archive_folder=settings.archive,
            dataset=dataset,
            dry_run=dry_run,
            day_is_said=day_is_said,
            each=partial(_say, bar),
        )(files)
    if dry_run:
        click.echo("Nothing was kept: this was a dry run.")


def _say(bar: Bar, loaded: Loaded) -> None:
    """Say what became of the files of one day."""
    bar.advance(len(loaded.files), str(loaded.published_on))
    for note in loaded.notes:
        bar.say(note)
    what = "nothing new" if loaded.release is None else f"{loaded.release}, {loaded.rows} figures"
    bar.say(f"{', '.join(loaded.files)}: {what}", on_terminals=loaded.release is None)

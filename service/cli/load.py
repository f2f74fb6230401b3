"""The command `tradeflows load`."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from service.cli.database import database_url, prepared_database
from service.config import settings_from
from service.ingest.load import Loaded, load_tidy
from service.ingest.mapping import read_mapping

STAGES = ("provisional", "revised", "final")


class Day(click.ParamType[date]):
    """A calendar day."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day that the text names."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write 2024-02-28", param, ctx)


@click.group()
def load() -> None:
    """Load files: each publication becomes a release, in one transaction."""


@load.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What the columns of the files mean, in TOML.",
)
@click.option(
    "--lists",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the lists of codes lie that the mapping names, if not beside it.",
)
@click.option("--dataset", help="Code of the dataset, in the place of the mapping's.")
@click.option("--published", type=Day(), help="When the files were published, if their names do not tell.")
@click.option("--stage", type=click.Choice(STAGES), help="In the place of the mapping's.")
@click.option("--dry-run", is_flag=True, help="Do everything but keep it.")
def tidy(
    files: tuple[Path, ...],
    mapping: Path,
    lists: Path | None,
    dataset: str | None,
    published: date | None,
    stage: str | None,
    dry_run: bool,
) -> None:
    """Load CSV files with one figure a row, read by a mapping."""
    described = read_mapping(mapping, lists=lists)
    if dataset is not None:
        described.dataset["code"] = dataset
    engine = prepared_database(database_url(settings_from()))
    with _Progress(len(files)) as progress:
        load_tidy(
            engine,
            files,
            mapping=described,
            published_on=published,
            stage=stage,
            dry_run=dry_run,
            each=progress.advance,
        )
    if dry_run:
        click.echo("Nothing was kept: this was a dry run.")


class _Progress:
    """A bar on a terminal, plain lines elsewhere."""

    def __init__(self, files: int) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, disable=not sys.stderr.isatty())
        self._task = self._bar.add_task("loading", total=files)

    def __enter__(self) -> "_Progress":
        self._bar.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()

    def advance(self, loaded: Loaded) -> None:
        """Say what became of the files of one day."""
        self._bar.update(self._task, advance=len(loaded.files), description=str(loaded.published_on))
        for note in loaded.notes:
            self._bar.console.print(note, markup=False, highlight=False)
        if self._bar.disable or loaded.release is None:
            what = "nothing new" if loaded.release is None else f"{loaded.release}, {loaded.rows} figures"
            names = ", ".join(path.name for path in loaded.files)
            self._bar.console.print(f"{names}: {what}", markup=False, highlight=False)

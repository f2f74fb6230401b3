"""The commands `tradeflows load measures` and `tradeflows load indicators`."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from service.cli.database import migrated_engine
from service.config import load_settings
from service.ingest.annotations.indicators import load_indicators_file
from service.ingest.annotations.measures import load_measures_file
from service.ingest.annotations.upsert import UpsertCounts
from service.ingest.release.load_session import open_load_session

AnnotationLoader = Callable[..., UpsertCounts]


def _create_command(name: str, loader: AnnotationLoader) -> click.Command:
    parameters: list[click.Parameter] = [
        click.Argument(["file"], type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.Option(["--replace"], is_flag=True, help=f"Remove the {name} that the file does not hold."),
        click.Option(["--dry-run"], is_flag=True, help="Validate the file and store nothing."),
    ]
    return click.Command(
        name,
        params=parameters,
        callback=partial(_load, name, loader),
        help=f"Load {name} from a file in TOML; an entry that is there already is replaced.",
    )


def _load(name: str, loader: AnnotationLoader, *, file: Path, replace: bool, dry_run: bool) -> None:
    with migrated_engine(load_settings(), can_create=True) as engine, open_load_session(engine) as session:
        inserted_codes = loader(session, file, replace=replace)
        if not dry_run:
            session.commit()
    click.echo(f"{file.name}: {name} {inserted_codes}")
    if dry_run:
        click.echo("Dry run: nothing was stored.")


measures = _create_command("measures", load_measures_file)
indicators = _create_command("indicators", load_indicators_file)

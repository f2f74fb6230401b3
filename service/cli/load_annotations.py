"""The commands `tradeflows load measures` and `tradeflows load indicators`."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from service.cli.database import prepared_engine
from service.config import settings_from
from service.ingest.annotations.indicators import load_indicators
from service.ingest.annotations.measures import load_measures
from service.ingest.annotations.upsert import Entered
from service.ingest.release.publish import in_one_transaction

Loader = Callable[..., Entered]


def _command(name: str, loader: Loader) -> click.Command:
    parameters: list[click.Parameter] = [
        click.Argument(["file"], type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.Option(["--replace"], is_flag=True, help=f"Remove the {name} that the file does not hold."),
        click.Option(["--dry-run"], is_flag=True, help="Do everything but keep it."),
    ]
    return click.Command(
        name,
        params=parameters,
        callback=partial(_load, name, loader),
        help=f"Load {name} from a file in TOML; an entry that is there already is replaced.",
    )


def _load(name: str, loader: Loader, *, file: Path, replace: bool, dry_run: bool) -> None:
    with prepared_engine(settings_from()) as engine, in_one_transaction(engine) as session:
        entered = loader(session, file, replace=replace)
        if not dry_run:
            session.commit()
    click.echo(f"{file.name}: {name} {entered}")
    if dry_run:
        click.echo("Nothing was kept: this was a dry run.")


measures = _command("measures", load_measures)
indicators = _command("indicators", load_indicators)

"""The command `tradeflows releases`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cli.database import migrated_engine
from service.cli.reports.table import print_facts, print_json, print_rows
from service.cli.types import DayType, json_option
from service.config import load_settings
from service.ingest.pipeline.reinstate import reinstate_release
from service.ingest.release.load_session import open_load_session
from service.ingest.release.withdraw import find_release, withdraw_release
from service.models import Release, ReleaseFile


@click.group()
def releases() -> None:
    """List, show and withdraw releases; nothing is ever deleted."""


@releases.command("list")
@json_option
def list_releases(as_json: bool) -> None:
    """List all releases, the oldest first."""
    names = ("published_on", "code", "rows", "stage", "withdrawn_on", "file_name")
    with _session() as session:
        found = session.scalars(select(Release).order_by(Release.published_on, Release.code))
        print_rows([{name: getattr(release, name) for name in names} for release in found], as_json=as_json)


@releases.command()
@click.argument("code")
@json_option
def show(code: str, as_json: bool) -> None:
    """Show a release: publication date, stage, and files with SHA-256."""
    names = ("code", "published_on", "stage", "state", "withdrawn_on", "rows", "parser_version", "loaded_at")
    with _session() as session:
        release = find_release(session, code)
        facts = {name: getattr(release, name) for name in names}
        query = select(ReleaseFile).where(
            ReleaseFile.dataset_id == release.dataset_id, ReleaseFile.release_id == release.id
        )
        files = [
            {"file": file.name, "bytes": file.bytes, "sha256": file.sha256}
            for file in session.scalars(query.order_by(ReleaseFile.name))
        ]
    if as_json:
        print_json({**facts, "files": files})
        return
    print_facts(facts)
    print_rows(files, as_json=False)


@releases.command()
@click.argument("code")
@click.option(
    "--on", "day", type=DayType(), help="First day on which its figures are no longer current.  [default: today]"
)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
def withdraw(code: str, day: date | None, yes: bool) -> None:
    """Withdraw a release, so that earlier figures are current again.

    Requests with as_of before the day of the withdrawal still return its figures.
    """
    if not yes:
        click.confirm(f"Withdraw {code}? Answers will no longer have its figures.", abort=True, err=True)
    with _session() as session:
        release = withdraw_release(session, code, withdrawal_date=day or datetime.now(UTC).date())
        session.commit()
        click.echo(f"{release.code} is withdrawn from {release.withdrawn_on} on.")


@releases.command()
@click.argument("code")
@click.option("--on", "day", type=DayType(), help="First day on which its figures are current again.  [default: today]")
def reinstate(code: str, day: date | None) -> None:
    """Undo a withdrawal: load the archived files of the release as a new release.

    Responses to requests with as_of before the day of the new release do not change.
    """
    settings = load_settings()
    with migrated_engine(settings) as engine:
        reinstate_release(
            engine,
            code,
            published_on=day or datetime.now(UTC).date(),
            archive_folder=settings.archive_directory,
            publication_callback=lambda result: click.echo(
                f"{code} is current again as {result.release_code}, {result.row_count} figures."
                if result.release_code
                else f"{code}: nothing new; a release of that day has the same files."
            ),
        )


@contextmanager
def _session() -> Iterator[Session]:
    with migrated_engine(load_settings()) as engine, open_load_session(engine) as session:
        yield session

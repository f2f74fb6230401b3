"""The commands `tradeflows keys`."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from service.api.security.api_keys import create_key, is_valid, load_keys, revoke_key, rotate_key
from service.cli.database import migrated_engine
from service.config import load_settings
from service.models import KEY_SCOPES

days_option = click.option(
    "--days", default=365, type=click.IntRange(1, 3650), show_default=True, help="How long it is valid."
)


@click.group()
def keys() -> None:
    """Give out keys, list and revoke them; the service asks for one where TRADEFLOWS_AUTH=key."""


@keys.command()
@click.option("--name", required=True, help="Whose it is.")
@click.option(
    "--scope", default="read", type=click.Choice(KEY_SCOPES), show_default=True, help="bulk: whole tables too."
)
@days_option
def create(name: str, scope: str, days: int) -> None:
    """Make a key and show it, once."""
    with _session() as session:
        key = create_key(session, name=name, scope=scope, valid_days=days)
        session.commit()
    _print_key(key)


@keys.command("list")
def list_keys() -> None:
    """List all keys by number, without the keys themselves."""
    with _session() as session:
        for key in load_keys(session):
            state = "revoked" if key.revoked_at else "valid" if is_valid(key) else "expired"
            click.echo(
                f"{key.id}  {key.scope:4}  {state:7}  {key.created_at:%Y-%m-%d}..{key.expires_at:%Y-%m-%d}  {key.name}"
            )


@keys.command()
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """Let a key open nothing from now on."""
    with _session() as session:
        key = revoke_key(session, key_id)
        session.commit()
        click.echo(f"{key.id} of {key.name} is revoked.")


@keys.command()
@click.argument("key_id")
@days_option
@click.option("--overlap", default=7, type=click.IntRange(0, 365), show_default=True, help="Days the old one goes on.")
def rotate(key_id: str, days: int, overlap: int) -> None:
    """Make a key in the place of another, which goes on for some days, and show it, once."""
    with _session() as session:
        key = rotate_key(session, key_id, valid_days=days, overlap_days=overlap)
        session.commit()
    _print_key(key)


def _print_key(key: str) -> None:
    click.echo(key)
    click.echo("It is not shown again. Send it as the header `Authorization: Bearer KEY`.", err=True)


@contextmanager
def _session() -> Iterator[Session]:
    with migrated_engine(load_settings()) as engine, Session(engine) as session:
        yield session

"""The commands `tradeflows keys`."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from service.api.security.api_keys import authenticate_key, create_key, is_valid, load_keys, revoke_key, rotate_key
from service.cli.database import migrated_engine
from service.cli.reports.table import print_json, print_rows
from service.cli.types import json_option
from service.config import load_settings
from service.models import KEY_SCOPES, ApiKey

days_option = click.option(
    "--days", default=365, type=click.IntRange(1, 3650), show_default=True, help="Validity in days."
)


@click.group()
def keys() -> None:
    """Create, list, rotate and revoke API keys; TRADEFLOWS_AUTH=key requires them."""


@keys.command()
@click.option("--name", required=True, help="Name of the client that uses the key.")
@click.option(
    "--scope",
    default="read",
    type=click.Choice(KEY_SCOPES),
    show_default=True,
    help="read: JSON and pages; bulk: also CSV, NDJSON, Parquet and SDMX.",
)
@days_option
@json_option
def create(*, name: str, scope: str, days: int, as_json: bool) -> None:
    """Create an API key and print it, once."""
    with _session() as session:
        key_text = create_key(session, name=name, scope=scope, valid_days=days)
        session.commit()
        _print_key(session, key_text, as_json=as_json)


@keys.command("list")
@json_option
def list_keys(as_json: bool) -> None:
    """List all API keys by id, without their secrets."""
    with _session() as session:
        rows = [_key_row(key) for key in load_keys(session)]
    print_rows(rows, as_json=as_json)


def _key_row(key: ApiKey) -> dict[str, str]:
    return {
        "id": key.id,
        "scope": key.scope,
        "state": "revoked" if key.revoked_at else "valid" if is_valid(key) else "expired",
        "created": f"{key.created_at:%Y-%m-%d}",
        "expires": f"{key.expires_at:%Y-%m-%d}",
        "name": key.name,
    }


@keys.command()
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """Revoke an API key at once."""
    with _session() as session:
        key = revoke_key(session, key_id)
        session.commit()
        click.echo(f"{key.id} of {key.name} is revoked.")


@keys.command()
@click.argument("key_id")
@days_option
@click.option(
    "--overlap",
    default=7,
    type=click.IntRange(0, 365),
    show_default=True,
    help="Days for which the old key remains valid.",
)
@json_option
def rotate(key_id: str, *, days: int, overlap: int, as_json: bool) -> None:
    """Create a successor of an API key and print it, once; the old key stays valid for some days."""
    with _session() as session:
        key_text = rotate_key(session, key_id, valid_days=days, overlap_days=overlap)
        session.commit()
        _print_key(session, key_text, as_json=as_json)


def _print_key(session: Session, key_text: str, *, as_json: bool) -> None:
    """Print a new key: its text, or with `as_json` an object with its text and its row in `keys list`."""
    if as_json:
        key = authenticate_key(session, key_text)
        assert key is not None
        print_json({"key": key_text, **_key_row(key)})
    else:
        click.echo(key_text)
    click.echo("It is not shown again. Send it as the header `Authorization: Bearer KEY`.", err=True)


@contextmanager
def _session() -> Iterator[Session]:
    with migrated_engine(load_settings()) as engine, Session(engine) as session:
        yield session

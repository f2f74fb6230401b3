"""The command `tradeflows roles`."""

import os

import click
from sqlalchemy import create_engine

from service.cli.database import database
from service.config import settings_from, value_of
from service.db.access.grants import LOADER, OWNER, READER
from service.db.access.roles import establish_roles

PASSWORDS = {OWNER: "OWNER_PASSWORD", LOADER: "LOADER_PASSWORD", READER: "READER_PASSWORD"}


@click.command()
def roles() -> None:
    """Make the roles of owner, loader and reader, as whoever may make roles, best a superuser.

    Their passwords come from OWNER_PASSWORD, LOADER_PASSWORD and READER_PASSWORD, or files that these with _FILE name;
    without, they stay as they are. The database is handed over to the owner, and closed to everybody else.
    """
    passwords = {role: password for role, name in PASSWORDS.items() if (password := value_of(os.environ, name))}
    with database(settings_from()) as url:
        engine = create_engine(url, connect_args={"connect_timeout": 10})
        left = establish_roles(engine, passwords=passwords)
        engine.dispose()
    click.echo(f"{OWNER} owns the database, {LOADER} loads, {READER} reads.")
    if left:
        click.echo(f"Only a superuser can keep the reader from calling {', '.join(left)}.", err=True)

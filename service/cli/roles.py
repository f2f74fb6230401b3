"""The command `tradeflows roles`."""

import os

import click
from sqlalchemy import create_engine

from service.cli.database import open_database
from service.config import load_settings, setting_value
from service.db.access.grants import LOADER, OWNER, READER
from service.db.access.roles import create_roles

PASSWORD_VARIABLES = {
    OWNER: "TRADEFLOWS_OWNER_PASSWORD",
    LOADER: "TRADEFLOWS_LOADER_PASSWORD",
    READER: "TRADEFLOWS_READER_PASSWORD",
}


@click.command()
def roles() -> None:
    """Create the database roles owner, loader and reader; the connected user needs the right to create roles.

    Their passwords come from TRADEFLOWS_OWNER_PASSWORD, TRADEFLOWS_LOADER_PASSWORD and TRADEFLOWS_READER_PASSWORD, or
    from files that the same names with _FILE give; without them, passwords do not change. The database then belongs to
    the owner role, and other users lose their access.
    """
    passwords = {
        role: password for role, name in PASSWORD_VARIABLES.items() if (password := setting_value(os.environ, name))
    }
    with open_database(load_settings()) as url:
        engine = create_engine(url, connect_args={"connect_timeout": 10})
        left = create_roles(engine, passwords=passwords)
        engine.dispose()
    click.echo(f"{OWNER} owns the database, {LOADER} loads, {READER} reads.")
    if left:
        click.echo(f"Only a superuser can keep the reader from calling {', '.join(left)}.", err=True)

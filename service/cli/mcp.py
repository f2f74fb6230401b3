"""The command `tradeflows mcp`, which uses the official SDK of the Model Context Protocol."""

import logging

import click
from sqlalchemy import create_engine

from service.app import create_app
from service.cli.database import open_database, reader_url
from service.config import load_settings
from service.errors import SettingsError

DEFAULT_URL = "http://127.0.0.1:8000"


@click.command()
@click.option("--url", default=DEFAULT_URL, show_default=True, help="Address of the service, for the links in answers.")
def mcp(url: str) -> None:
    """Serve the tools for AI agents over standard input and output, as /mcp does over HTTP.

    The figures are read from the database. --url is the address of the service to which the answers link.
    """
    try:
        import anyio  # noqa: PLC0415 - optional: only this command needs the SDK

        from service.server.mcp_server import serve_tools  # noqa: PLC0415 - as above
    except ImportError as error:
        raise SettingsError("the SDK is not installed: pip install 'tradeflows[mcp]'") from error
    logging.disable(logging.INFO)  # standard output carries messages only
    settings = load_settings()
    with open_database(settings) as database_url:
        engine = create_engine(database_url if settings.database_url is not None else reader_url(database_url))
        try:
            anyio.run(serve_tools, create_app(engine), url.rstrip("/"))
        finally:
            engine.dispose()

"""The command `tradeflows openapi`."""

from pathlib import Path

import click
from sqlalchemy import create_engine

from service.api.openapi.document import openapi_json
from service.app import create_app


@click.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
def openapi(output: Path | None) -> None:
    """Print the OpenAPI 3.1 document of the API."""
    # The application needs an engine, but the document needs no connection.
    text = openapi_json(create_app(create_engine("postgresql+psycopg://")))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")

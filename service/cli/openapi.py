"""The command `tradeflows openapi`."""

from pathlib import Path

import click
from sqlalchemy import create_engine

from service.api.openapi.document import openapi_json
from service.app import create_app


@click.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
def openapi(output: Path | None) -> None:
    """Print the description of the API, OpenAPI 3.1."""
    # No connection is made: the engine is only there because the application needs one to be made.
    text = openapi_json(create_app(create_engine("postgresql+psycopg://")))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")

"""The command `tradeflows get`, which prints the response to a request to the database or to a running service."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import create_engine

from service.cli.database import open_database, reader_url
from service.cli.reports.service_errors import report_service_errors
from service.cli.reports.table import print_document
from service.cli.types import key_option, url_option
from service.config import load_settings
from tradeflows.client import Client, checked_body, resource_path

Parameters = dict[str, str]


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("resource")
@click.argument("parameters", nargs=-1, type=click.UNPROCESSED)
@url_option
@key_option
@click.option("--format", "format_name", default="table", help="table, json, csv or another format.  [default: table]")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write the response to.")
def get(
    resource: str,
    parameters: tuple[str, ...],
    url: str | None,
    key: str | None,
    format_name: str,
    as_json: bool,
    output: Path | None,
) -> None:
    """Print the figures of a request, as a table, JSON or CSV.

    RESOURCE is a path of the API below /v1, such as flows, series, partners or briefings/JPN/2024-01. PARAMETERS are
    those of the API: --reporter JPN stands for reporter=JPN. Values that all rows share are printed above the table.
    """
    requested = "json" if as_json else format_name
    query = _parse_parameters(resource, parameters)
    if requested not in {"table", "json"}:
        query["format"] = requested
    with report_service_errors():
        body = Client(url, api_key=key).read(resource, **query) if url else _read_local(resource, query)
    if output is not None:
        output.write_bytes(body)
    elif requested == "table":
        print_document(json.loads(body))
    else:
        click.echo(body, nl=requested == "json")


def _parse_parameters(resource: str, arguments: Sequence[str]) -> Parameters:
    """Return the parameters of `--name value`, `--name=value` and `--name`, which means true.

    Several values of one name are joined by commas.
    """
    if resource.startswith("-"):
        raise click.UsageError("the resource comes first: tradeflows get flows --reporter JPN")
    parameters: Parameters = {}
    remaining = list(arguments)
    while remaining:
        argument = remaining.pop(0)
        name, has_value, value = argument.removeprefix("--").partition("=")
        if not argument.startswith("--"):
            raise click.UsageError(f"{argument} has no name; a parameter reads --reporter JPN")
        if not has_value:
            value = remaining.pop(0) if remaining and not remaining[0].startswith("--") else "true"
        name = name.replace("-", "_")
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    return parameters


def _read_local(resource: str, query: Parameters) -> bytes:
    with _local_client() as client:
        response = client.get(resource_path(resource, query))
        return checked_body(response.status_code, response.get_data())


@contextmanager
def _local_client() -> Iterator[Any]:
    """Yield a client of the service in this process, without HTTP; the service only reads the database."""
    from service.app import create_app  # noqa: PLC0415 - slow to import, and not needed for a running service

    settings = load_settings()
    with open_database(settings) as database_url:
        engine = create_engine(database_url if settings.database_url is not None else reader_url(database_url))
        try:
            yield create_app(engine).test_client()
        finally:
            engine.dispose()

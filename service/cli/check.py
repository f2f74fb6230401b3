"""The command `tradeflows check`."""

import json
from datetime import date
from typing import Any

import click

from service.api.database.context import Context
from service.api.database.database import Database
from service.app import SERVICES
from service.cli.database import migrated_engine
from service.cli.reports.service_errors import report_service_errors
from service.cli.types import DayType, json_option, key_option, url_option
from service.config import load_settings
from service.db.replicas.routing import ReplicaSet
from service.resources.checks.service import TextCheck, check_text
from tradeflows.client import Client


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--published", type=DayType(), help="Day of the text.  [default: the figures of today]")
@click.option("--reporter", help="Reporter of the text, if it names none.")
@url_option
@key_option
@json_option
def check(
    file: Any, published: date | None, reporter: str | None, url: str | None, key: str | None, as_json: bool
) -> None:
    """Check the numbers in a text against the figures that were known on the day of the text.

    FILE is the text; `-` means standard input.
    """
    text = file.read()
    if url:
        with report_service_errors():
            response = Client(url, api_key=key).check(text, published=published, reporter=reporter)
    else:
        response = _check_locally(TextCheck(text, published, reporter))
    if as_json:
        click.echo(json.dumps(response, indent=2, ensure_ascii=False))
        return
    for row in response["data"]:
        click.echo(_line(row))


def _check_locally(text_check: TextCheck) -> dict[str, Any]:
    with migrated_engine(load_settings()) as engine:
        context = Context(Database(ReplicaSet.single(engine)), SERVICES)
        try:
            return check_text(context, text_check)
        finally:
            context.close()


def _line(row: dict[str, Any]) -> str:
    """Return the verdict on a claim as a line of text."""
    details = [row["verdict"] + (f" ({row['reason']})" if row["reason"] else "")]
    if row["figure"] is not None:
        details.append(f"figure {row['figure']:,}")
    if row["exchange_rate_basis"] is not None:
        details.append(f"rate of {row['exchange_rate_basis']}")
    return f"{row['span']['quote']}: {', '.join(details)}"

"""The command `tradeflows fetch`."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click

from service.cli.load import load_files
from service.cli.types import DayType, json_option
from service.config import load_settings
from service.ingest.fetch import endpoints
from service.ingest.pipeline.parser_registry import fixed_layout_parser

published_option = click.option("--published", type=DayType(), help="Date of publication.  [default: today]")
period_option = click.option(
    "--period", "periods", multiple=True, required=True, help="Month (2024-01) or year (2023); repeatable."
)


@click.group()
def fetch() -> None:
    """Download files of statistical offices, and load them."""


@fetch.command("us-census")
@period_option
@published_option
@json_option
@click.option("--level", default="HS2", type=click.Choice(["HS2", "HS4", "HS6"]), help="Digits of the HS codes.")
def fetch_us_census(periods: tuple[str, ...], published: date | None, as_json: bool, level: str) -> None:
    """Fetch monthly imports and exports of the United States by HS code and country."""
    _fetch(
        lambda folder: endpoints.download_us_census(periods, folder=folder, level=level),
        "us-census",
        published,
        as_json,
    )


@fetch.command("comtrade")
@period_option
@published_option
@json_option
@click.option("--reporter", required=True, help="Reporter code of UN Comtrade: 392 is Japan.")
@click.option("--frequency", default="A", type=click.Choice(["A", "M"]))
@click.option(
    "--commodity", default="TOTAL,AG2", help="HS codes, or AG2, AG4 or AG6 for all codes of 2, 4 or 6 digits."
)
def fetch_comtrade(
    periods: tuple[str, ...], published: date | None, as_json: bool, reporter: str, frequency: str, commodity: str
) -> None:
    """Fetch the trade of a reporter from UN Comtrade; TRADEFLOWS_COMTRADE_KEY must have an API key."""
    months = [each.replace("-", "") for each in periods]

    def files(folder: Path) -> Sequence[Path]:
        return endpoints.download_comtrade(
            months, reporter=reporter, folder=folder, frequency=frequency, commodity=commodity
        )

    _fetch(files, "comtrade", published, as_json)


@fetch.command("japan-customs")
@click.option("--stat-id", "ids", multiple=True, required=True, help="statInfId of a file at e-Stat; repeatable.")
@published_option
@json_option
def fetch_japan_customs(ids: tuple[str, ...], published: date | None, as_json: bool) -> None:
    """Fetch Japan's trade by country, and by HS 9 digits or principal commodity, from e-Stat.

    The ids of files are in their URLs in e-Stat's list of the Trade Statistics of Japan.
    """
    _fetch(lambda folder: endpoints.download_japan_customs(ids, folder=folder), "japan-customs", published, as_json)


@fetch.command("japan-customs-totals")
@published_option
@json_option
def fetch_japan_customs_totals(published: date | None, as_json: bool) -> None:
    """Fetch Japan's total exports and imports by month."""
    _fetch(
        lambda folder: endpoints.download_japan_customs_totals(folder=folder),
        "japan-customs-totals",
        published,
        as_json,
    )


def _fetch(download: Callable[[Path], Sequence[Path]], source: str, published: date | None, as_json: bool) -> None:
    incoming = load_settings().home / "incoming"
    found = tuple(download(incoming))
    if not found:
        click.echo("[]" if as_json else "The office has nothing for these periods.")
        return
    today = datetime.now(UTC).date()
    has_explicit_date = published is not None
    load_files(
        fixed_layout_parser(source),
        files=found,
        published=published or today,
        stage="provisional",
        explicit_date=has_explicit_date,
        as_json=as_json,
    )
    for file in found:
        file.unlink()

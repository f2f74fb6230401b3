"""The command `tradeflows fetch`."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click

from service.cli.load import load_files
from service.cli.types import DayType
from service.config import load_settings
from service.ingest.fetch import endpoints
from service.ingest.pipeline.parser_registry import fixed_layout_parser

published_option = click.option(
    "--published", type=DayType(), help="When the figures were published.  [default: today]"
)
period_option = click.option(
    "--period", "periods", multiple=True, required=True, help="2024-01, or a year; more than once."
)


@click.group()
def fetch() -> None:
    """Download files from the statistical offices, archive and load them."""


@fetch.command("us-census")
@period_option
@published_option
@click.option("--level", default="HS2", type=click.Choice(["HS2", "HS4", "HS6"]), help="Digits of the HS codes.")
def fetch_us_census(periods: tuple[str, ...], published: date | None, level: str) -> None:
    """US imports and exports by HS code and country, month by month."""
    _fetch(lambda folder: endpoints.download_us_census(periods, folder=folder, level=level), "us-census", published)


@fetch.command("comtrade")
@period_option
@published_option
@click.option("--reporter", required=True, help="A code of UN Comtrade: 392 is Japan.")
@click.option("--frequency", default="A", type=click.Choice(["A", "M"]))
@click.option("--commodity", default="TOTAL,AG2", help="Codes, or AG2, AG4, AG6 for all of that many digits.")
def fetch_comtrade(
    periods: tuple[str, ...], published: date | None, reporter: str, frequency: str, commodity: str
) -> None:
    """A reporter's trade from UN Comtrade; the key comes from TRADEFLOWS_COMTRADE_KEY."""
    months = [each.replace("-", "") for each in periods]

    def files(folder: Path) -> Sequence[Path]:
        return endpoints.download_comtrade(
            months, reporter=reporter, folder=folder, frequency=frequency, commodity=commodity
        )

    _fetch(files, "comtrade", published)


@fetch.command("japan-customs")
@click.option("--stat-id", "ids", multiple=True, required=True, help="statInfId of a file at e-Stat; repeatable.")
@published_option
def fetch_japan_customs(ids: tuple[str, ...], published: date | None) -> None:
    """Japan's trade by HS 9 digits or principal commodity and country, from e-Stat.

    The ids are in the URLs of the files in e-Stat's list of the Trade Statistics of Japan.
    """
    _fetch(lambda folder: endpoints.download_japan_customs(ids, folder=folder), "japan-customs", published)


@fetch.command("japan-customs-totals")
@published_option
def fetch_japan_customs_totals(published: date | None) -> None:
    """Japan's total exports and imports, month by month."""
    _fetch(lambda folder: endpoints.download_japan_customs_totals(folder=folder), "japan-customs-totals", published)


def _fetch(download: Callable[[Path], Sequence[Path]], source: str, published: date | None) -> None:
    incoming = load_settings().home / "incoming"
    found = tuple(download(incoming))
    if not found:
        click.echo("The office has nothing for these periods.")
        return
    today = datetime.now(UTC).date()
    has_explicit_date = published is not None
    load_files(
        fixed_layout_parser(source),
        files=found,
        published=published or today,
        stage="provisional",
        explicit_date=has_explicit_date,
    )
    for file in found:
        file.unlink()

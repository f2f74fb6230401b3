"""Resolution of the parameters `currency` and `fx` to a conversion with exchange rates."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Context, Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.analytics.figures.currency_conversion import Conversion, daily_rates, period_rates
from service.api.resolution.reference_data import Reference
from service.domain.periods import first_day
from service.domain.suggestions import closest_words
from service.errors import InvalidRequest, ParameterError

PERIOD_AVERAGE, PERIOD_END = "average", "end"
EXCHANGE_RATE_SOURCE = {
    "dataset": "ecb-reference-rates",
    "attribution": "Source: European Central Bank, euro reference rates",
}
MAX_EDGE_GAP = timedelta(days=6)
"""Time between the ends of a period and its first and last rates: the longest holidays of the bank."""
MAX_RATE_AGE = timedelta(days=7)
_RATE_CONTEXT = Context(prec=12)


def round_rate(rate: Decimal) -> Decimal:
    """Return a rate rounded to 12 significant digits, so that responses show exactly the rate that is used."""
    return _RATE_CONTEXT.plus(rate)


def requested_conversion(
    session: Session, reference: Reference, parameters: Mapping[str, Any], *, reported_currency: str, period_months: int
) -> Conversion | None:
    """Return the requested conversion of values from `reported_currency`; null where they need none.

    :raises InvalidRequest: a currency or a day has no rates, or `fx` is present without `currency`.
    """
    currency, basis = parameters.get("currency"), parameters.get("fx")
    if currency is None:
        if basis is not None:
            reason = "it selects an exchange rate, which requires the parameter `currency`"
            raise InvalidRequest(ParameterError("fx", str(basis), reason, ["currency=USD"]))
        return None
    currency = validate_currency(session, reference, "currency", currency)
    if currency == reported_currency:
        return None
    validate_currency(
        session,
        reference,
        "currency",
        reported_currency,
        reason=f"there are no rates of {reported_currency}, the reported currency",
    )
    key = (reported_currency, currency, basis or PERIOD_AVERAGE, period_months)
    if key not in reference.conversion_cache:
        _load_conversions(session, reference, [reported_currency], currency, basis or PERIOD_AVERAGE, period_months)
    conversion: Conversion = reference.conversion_cache[key]
    return conversion


def load_conversions(
    session: Session,
    reference: Reference,
    parameters: Mapping[str, Any],
    *,
    reported_currencies: Collection[str],
    period_months: int,
) -> None:
    """Load the rates for `optional_conversion` of several reported currencies by one statement.

    :raises InvalidRequest: a day has no rates.
    """
    currency, basis = parameters["currency"], parameters.get("fx") or PERIOD_AVERAGE
    quoted, cache = reference.currencies(session), reference.conversion_cache
    missing = [
        base
        for base in sorted(set(reported_currencies) - {currency})
        if base in quoted and (base, currency, basis, period_months) not in cache
    ]
    if missing and currency in quoted:
        _load_conversions(session, reference, missing, currency, basis, period_months)


def optional_conversion(
    session: Session, reference: Reference, parameters: Mapping[str, Any], *, reported_currency: str, period_months: int
) -> Conversion | None:
    """Return the conversion that `requested_conversion` returns, or one without rates where a currency has none.

    Without rates converted values are null. This serves responses from several datasets, of which some have a currency
    without rates.
    """
    currency, basis = parameters["currency"], parameters.get("fx") or PERIOD_AVERAGE
    if currency == reported_currency:
        return None
    if not {currency, reported_currency} <= set(reference.currencies(session)):
        return Conversion(currency, str(basis))
    return requested_conversion(
        session, reference, parameters, reported_currency=reported_currency, period_months=period_months
    )


def validate_currency(
    session: Session, reference: Reference, parameter: str, code: str, *, reason: str | None = None
) -> str:
    """Return the code of a currency in upper case, after checking that it has exchange rates.

    `parameter` is the name of the parameter that the error is about. `reason` is the message of the error; null means
    a message that lists the valid currencies.

    :raises InvalidRequest: the currency has no exchange rates.
    """
    currencies = reference.currencies(session)
    if code.upper() not in currencies:
        available = f"the European Central Bank has rates of {', '.join(currencies) or 'none: they are not loaded'}"
        message = reason or f"it is not a currency with exchange rates; {available}"
        raise InvalidRequest(ParameterError(parameter, code, message, closest_words(code, currencies)))
    return code.upper()


def _load_conversions(
    session: Session, reference: Reference, bases: Sequence[str], currency: str, basis: str | date, period_months: int
) -> None:
    """Add the conversions from each of `bases` to the cache of the reference data."""
    conversions = (
        _read_fixed_rates(session, bases, currency, basis)
        if isinstance(basis, date)
        else _read_period_rates(session, bases, currency, basis, period_months)
    )
    for base, conversion in conversions.items():
        reference.conversion_cache[base, currency, basis, period_months] = conversion


def _read_period_rates(
    session: Session, bases: Sequence[str], currency: str, basis: str, period_months: int
) -> dict[str, Conversion]:
    rates: dict[str, dict[int, Decimal]] = {base: {} for base in bases}
    for row in session.execute(period_rates(*bases, currency=currency, period_months=period_months)):
        if covers_period(row, period_months=period_months):
            rates[row.base][row.period] = round_rate(getattr(row, basis))
    return {base: Conversion(currency, basis, rates[base]) for base in bases}


def _read_fixed_rates(session: Session, bases: Sequence[str], currency: str, day: date) -> dict[str, Conversion]:
    """Return conversions at the rates of a day, or of the last working day before it."""
    rates = daily_rates(*bases, currency=currency).order_by(None).subquery("daily_rate")
    rates_to_day = select(rates.c.base, rates.c.rate).where(rates.c.day.between(day - MAX_RATE_AGE, day))
    newest = {row.base: row.rate for row in session.execute(rates_to_day.order_by(rates.c.day))}
    for base in bases:
        if base not in newest:
            raise _missing_day(session, day, base, currency)
    return {base: Conversion(currency, str(day), fixed_rate=round_rate(newest[base])) for base in bases}


def _missing_day(session: Session, day: date, base: str, currency: str) -> InvalidRequest:
    rates = daily_rates(base, currency=currency).order_by(None).subquery("daily_rate")
    first, last = session.execute(select(func.min(rates.c.day), func.max(rates.c.day))).one()
    reason = f"there is no rate of {currency} against {base} on that day; there are rates from {first} to {last}"
    suggestions = [str(min(max(day, first), last)), PERIOD_AVERAGE, PERIOD_END]
    return InvalidRequest(ParameterError("fx", str(day), reason, suggestions))


def covers_period(row: Any, *, period_months: int) -> bool:
    """Return whether there are exchange rates from the beginning to the end of a period.

    Gaps of up to 6 days at either end, such as holidays, are allowed. `row` is a row of the query `period_rates`, which
    has the first and the last day with a rate in the period.
    """
    first, end = (first_day(month) for month in (row.period, row.period + period_months))
    is_covered: bool = row.first_day <= first + MAX_EDGE_GAP and row.last_day >= end - timedelta(days=1) - MAX_EDGE_GAP
    return is_covered

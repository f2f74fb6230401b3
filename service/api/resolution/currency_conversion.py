"""Into which currency a request wants its values, and at which rates."""

from collections.abc import Mapping
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
"""How far from a period's ends its first and last rates may lie: the bank's longest holidays."""
MAX_RATE_AGE = timedelta(days=7)
_RATE_CONTEXT = Context(prec=12)


def round_rate(rate: Decimal) -> Decimal:
    """Return a rate to 12 significant digits: as it is shown, it is used."""
    return _RATE_CONTEXT.plus(rate)


def requested_conversion(
    session: Session, reference: Reference, parameters: Mapping[str, Any], *, reported_currency: str, period_months: int
) -> Conversion | None:
    """Return how values in the currency `reported` are to be converted; null where they are not.

    :raises InvalidRequest: there are no rates of a currency, or of that day, or `fx` comes without `currency`.
    """
    currency, basis = parameters.get("currency"), parameters.get("fx")
    if currency is None:
        if basis is not None:
            reason = "it says at which rate to convert; say by `currency` into what"
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
        reason=f"there are no rates of {reported_currency}, as reported",
    )
    key = (reported_currency, currency, basis or PERIOD_AVERAGE, period_months)
    if key not in reference.conversion_cache:
        reference.conversion_cache[key] = _load_conversion(
            session, reported_currency, currency, basis or PERIOD_AVERAGE, period_months
        )
    return reference.conversion_cache[key]


def optional_conversion(
    session: Session, reference: Reference, parameters: Mapping[str, Any], *, reported_currency: str, period_months: int
) -> Conversion | None:
    """Return as `conversion_asked`, and where there are no rates of a currency a conversion at none: values are null.

    For what is made of several datasets, of which those answer that can be converted.
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
    """Return the currency's code in upper case.

    :raises InvalidRequest: there are no rates of it.
    """
    known = reference.currencies(session)
    if code.upper() not in known:
        of_which = f"the European Central Bank has rates of {', '.join(known) or 'none: they are not loaded'}"
        why = reason or f"it is no currency of which there are rates; {of_which}"
        raise InvalidRequest(ParameterError(parameter, code, why, closest_words(code, known)))
    return code.upper()


def _load_conversion(
    session: Session, reported_currency: str, currency: str, basis: str | date, period_months: int
) -> Conversion:
    if isinstance(basis, date):
        return Conversion(currency, str(basis), fixed_rate=_daily_rate(session, basis, reported_currency, currency))
    rows = session.execute(period_rates(reported_currency, currency=currency, period_months=period_months)).all()
    rates = {
        row.period: round_rate(getattr(row, basis)) for row in rows if covers_period(row, period_months=period_months)
    }
    return Conversion(currency, basis, rates)


def _daily_rate(session: Session, day: date, reported_currency: str, currency: str) -> Decimal:
    """Return the rate of that day, or of the last working day before it."""
    rates = daily_rates(reported_currency, currency=currency).order_by(None).subquery("daily_rate")
    before = select(rates.c.rate).where(rates.c.day.between(day - MAX_RATE_AGE, day)).order_by(rates.c.day.desc())
    rate = session.scalar(before.limit(1))
    if rate is None:
        first, last = session.execute(select(func.min(rates.c.day), func.max(rates.c.day))).one()
        reason = (
            f"there is no rate of {currency} against {reported_currency} on that day; there are from {first} to {last}"
        )
        raise InvalidRequest(
            ParameterError("fx", str(day), reason, [str(min(max(day, first), last)), PERIOD_AVERAGE, PERIOD_END])
        )
    return round_rate(rate)


def covers_period(row: Any, *, period_months: int) -> bool:
    """Return whether the rates of a period reach from its beginning to its end."""
    first, after = (first_day(month) for month in (row.period, row.period + period_months))
    in_time: bool = row.first_day <= first + MAX_EDGE_GAP and row.last_day >= after - timedelta(days=1) - MAX_EDGE_GAP
    return in_time

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
from service.domain.suggestions import nearest
from service.errors import Fault, InvalidRequest

AVERAGE, END = "average", "end"
ATTRIBUTION = {"dataset": "ecb-reference-rates", "attribution": "Source: European Central Bank, euro reference rates"}
EDGE = timedelta(days=6)
"""How far from a period's ends its first and last rates may lie: the bank's longest holidays."""
OLDEST_RATE = timedelta(days=7)
_ROUNDED = Context(prec=12)


def rounded(rate: Decimal) -> Decimal:
    """Return a rate to 12 significant digits: as it is shown, it is used."""
    return _ROUNDED.plus(rate)


def conversion_asked(
    session: Session, reference: Reference, asked: Mapping[str, Any], *, reported: str, step: int
) -> Conversion | None:
    """Return how values in the currency `reported` are to be converted; null where they are not.

    :raises InvalidRequest: there are no rates of a currency, or of that day, or `fx` comes without `currency`.
    """
    currency, basis = asked.get("currency"), asked.get("fx")
    if currency is None:
        if basis is not None:
            reason = "it says at which rate to convert; say by `currency` into what"
            raise InvalidRequest(Fault("fx", str(basis), reason, ["currency=USD"]))
        return None
    currency = known_currency(session, reference, "currency", currency)
    if currency == reported:
        return None
    known_currency(session, reference, "currency", reported, reason=f"there are no rates of {reported}, as reported")
    key = (reported, currency, basis or AVERAGE, step)
    if key not in reference.conversions:
        reference.conversions[key] = _conversion(session, reported, currency, basis or AVERAGE, step)
    return reference.conversions[key]


def conversion_if_quoted(
    session: Session, reference: Reference, asked: Mapping[str, Any], *, reported: str, step: int
) -> Conversion | None:
    """Return as `conversion_asked`, and where there are no rates of a currency a conversion at none: values are null.

    For what is made of several datasets, of which those answer that can be converted.
    """
    currency, basis = asked["currency"], asked.get("fx") or AVERAGE
    if currency == reported:
        return None
    if not {currency, reported} <= set(reference.currencies(session)):
        return Conversion(currency, str(basis))
    return conversion_asked(session, reference, asked, reported=reported, step=step)


def known_currency(
    session: Session, reference: Reference, parameter: str, code: str, *, reason: str | None = None
) -> str:
    """Return the currency's code in upper case.

    :raises InvalidRequest: there are no rates of it.
    """
    known = reference.currencies(session)
    if code.upper() not in known:
        of_which = f"the European Central Bank has rates of {', '.join(known) or 'none: they are not loaded'}"
        why = reason or f"it is no currency of which there are rates; {of_which}"
        raise InvalidRequest(Fault(parameter, code, why, nearest(code, known)))
    return code.upper()


def _conversion(session: Session, reported: str, currency: str, basis: str | date, step: int) -> Conversion:
    if isinstance(basis, date):
        return Conversion(currency, str(basis), fixed=_rate_on(session, basis, reported, currency))
    rows = session.execute(period_rates(reported, currency=currency, step=step)).all()
    rates = {row.period: rounded(getattr(row, basis)) for row in rows if is_covered(row, step=step)}
    return Conversion(currency, basis, rates)


def _rate_on(session: Session, day: date, reported: str, currency: str) -> Decimal:
    """Return the rate of that day, or of the last working day before it."""
    rates = daily_rates(reported, currency=currency).order_by(None).subquery("daily_rate")
    before = select(rates.c.rate).where(rates.c.day.between(day - OLDEST_RATE, day)).order_by(rates.c.day.desc())
    rate = session.scalar(before.limit(1))
    if rate is None:
        first, last = session.execute(select(func.min(rates.c.day), func.max(rates.c.day))).one()
        reason = f"there is no rate of {currency} against {reported} on that day; there are from {first} to {last}"
        raise InvalidRequest(Fault("fx", str(day), reason, [str(min(max(day, first), last)), AVERAGE, END]))
    return rounded(rate)


def is_covered(row: Any, *, step: int) -> bool:
    """Return whether the rates of a period reach from its beginning to its end."""
    first, after = (first_day(month) for month in (row.period, row.period + step))
    in_time: bool = row.first_day <= first + EDGE and row.last_day >= after - timedelta(days=1) - EDGE
    return in_time

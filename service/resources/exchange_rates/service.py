"""Rows of /v1/exchange-rates."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from service.analytics.figures.currency_conversion import daily_rates, period_rates
from service.api.database.request_context import current_reference, current_session
from service.api.resolution.currency_conversion import is_covered, known_currency, rounded
from service.domain.frequencies import MONTHS, YEAR
from service.domain.periods import period_text, ranges_within

DAY = "D"


def exchange_rates(asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each day or period asked for, by period.

    :raises InvalidRequest: there are no rates of one of the currencies.
    """
    session, reference = current_session(), current_reference()
    base, currency = (known_currency(session, reference, name, asked[name]) for name in ("base", "currency"))
    frequency = asked["frequency"]
    pair = {"base": base, "currency": currency, "frequency": frequency}
    if frequency == DAY:
        days = session.execute(daily_rates(base, currency=currency)).all()
        return [pair | _of_day(row) for row in _asked(days, asked, month=lambda row: _month(row.day), step=1)]
    step = MONTHS[frequency]
    periods = session.execute(period_rates(base, currency=currency, step=step)).all()
    found = _asked(periods, asked, month=lambda row: row.period, step=step)
    return [pair | _of_period(row, step=step) for row in found]


def _asked(rows: Sequence[Any], asked: Mapping[str, Any], *, month: Any, step: int) -> list[Any]:
    if not rows:
        return []
    published = month(rows[0]), month(rows[-1])
    ranges = ranges_within(asked["period"], published, step=step)
    return [row for row in rows if any(first <= month(row) <= last for first, last in ranges)]


def _month(day: date) -> int:
    return day.year * YEAR + day.month - 1


def _of_day(row: Any) -> dict[str, Any]:
    rate, day = rounded(row.rate), str(row.day)
    return {"period": day, "average": rate, "end": rate, "days": 1, "first_day": day, "last_day": day}


def _of_period(row: Any, *, step: int) -> dict[str, Any]:
    whole = is_covered(row, step=step)
    return {
        "period": period_text(row.period, months=step),
        "average": rounded(row.average) if whole else None,
        "end": rounded(row.end) if whole else None,
        "days": row.days,
        "first_day": str(row.first_day),
        "last_day": str(row.last_day),
    }

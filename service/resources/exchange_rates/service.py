"""Rows of /v1/exchange-rates."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.analytics.figures.currency_conversion import daily_rates, period_rates
from service.api.database.request_context import current_reference, current_session
from service.api.resolution.currency_conversion import covers_period, round_rate, validate_currency
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import month_number, period_text, resolve_ranges

DAILY_FREQUENCY = "D"


def exchange_rate_rows(parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each day or period asked for, by period.

    :raises InvalidRequest: there are no rates of one of the currencies.
    """
    session, reference = current_session(), current_reference()
    base, currency = (validate_currency(session, reference, name, parameters[name]) for name in ("base", "currency"))
    frequency = parameters["frequency"]
    pair = {"base": base, "currency": currency, "frequency": frequency}
    if frequency == DAILY_FREQUENCY:
        days = session.execute(daily_rates(base, currency=currency)).all()
        return [
            pair | _daily_columns(row)
            for row in _filter_by_periods(
                days, parameters, get_month=lambda row: month_number(row.day), period_months=1
            )
        ]
    step = MONTHS_PER_PERIOD[frequency]
    periods = session.execute(period_rates(base, currency=currency, period_months=step)).all()
    found = _filter_by_periods(periods, parameters, get_month=lambda row: row.period, period_months=step)
    return [pair | _period_columns(row, period_months=step) for row in found]


def _filter_by_periods(
    rows: Sequence[Any], parameters: Mapping[str, Any], *, get_month: Any, period_months: int
) -> list[Any]:
    if not rows:
        return []
    published = get_month(rows[0]), get_month(rows[-1])
    ranges = resolve_ranges(parameters["period"], published, period_months=period_months)
    return [row for row in rows if any(first <= get_month(row) <= last for first, last in ranges)]


def _daily_columns(row: Any) -> dict[str, Any]:
    rate, day = round_rate(row.rate), str(row.day)
    return {"period": day, "average": rate, "end": rate, "days": 1, "first_day": day, "last_day": day}


def _period_columns(row: Any, *, period_months: int) -> dict[str, Any]:
    whole = covers_period(row, period_months=period_months)
    return {
        "period": period_text(row.period, months=period_months),
        "average": round_rate(row.average) if whole else None,
        "end": round_rate(row.end) if whole else None,
        "days": row.days,
        "first_day": str(row.first_day),
        "last_day": str(row.last_day),
    }

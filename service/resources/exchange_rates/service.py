"""The resource /v1/exchange-rates."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.analytics.figures.currency_conversion import daily_rates, period_rates
from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.currency_conversion import covers_period, round_rate, validate_currency
from service.api.responses.list_resource import ListResource, ListRows
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import month_number, period_text, resolve_ranges
from service.resources.exchange_rates.schemas import ExchangeRateRow

DAILY_FREQUENCY = "D"


def exchange_rate_rows(context: Context, request: DataRequest) -> ListRows:
    """Return a row for each requested day or period, in chronological order; none where no rates are loaded.

    :raises InvalidRequest: one of the currencies has no rates.
    """
    parameters, session, reference = request.parameters, context.session, context.reference
    if not reference.currencies(session):
        return ListRows([])
    base, currency = (validate_currency(session, reference, name, parameters[name]) for name in ("base", "currency"))
    frequency = parameters["frequency"]
    pair = {"base": base, "currency": currency, "frequency": frequency}
    if frequency == DAILY_FREQUENCY:
        days = session.execute(daily_rates(base, currency=currency)).all()
        rows = _filter_by_periods(days, parameters, get_month=lambda row: month_number(row.day), period_months=1)
        return ListRows([pair | _daily_columns(row) for row in rows])
    months = MONTHS_PER_PERIOD[frequency]
    periods = session.execute(period_rates(base, currency=currency, period_months=months)).all()
    rows = _filter_by_periods(periods, parameters, get_month=lambda row: row.period, period_months=months)
    return ListRows([pair | _period_columns(row, period_months=months) for row in rows])


EXCHANGE_RATES = ListResource(
    ExchangeRateRow,
    ("period",),
    exchange_rate_rows,
)


def _filter_by_periods(
    rows: Sequence[Any], parameters: Mapping[str, Any], *, get_month: Any, period_months: int
) -> list[Any]:
    if not rows:
        return []
    published_range = get_month(rows[0]), get_month(rows[-1])
    ranges = resolve_ranges(parameters["period"], published_range, period_months=period_months)
    return [row for row in rows if any(first <= get_month(row) <= last for first, last in ranges)]


def _daily_columns(row: Any) -> dict[str, Any]:
    rate, day = round_rate(row.rate), str(row.day)
    return {"period": day, "average": rate, "end": rate, "days": 1, "first_day": day, "last_day": day}


def _period_columns(row: Any, *, period_months: int) -> dict[str, Any]:
    is_complete = covers_period(row, period_months=period_months)
    return {
        "period": period_text(row.period, months=period_months),
        "average": round_rate(row.average) if is_complete else None,
        "end": round_rate(row.end) if is_complete else None,
        "days": row.days,
        "first_day": str(row.first_day),
        "last_day": str(row.last_day),
    }

"""Exchange rates by which the author of a text may have converted an amount."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.domain.periods import month_number, period_text
from service.errors import InvalidRequest

EARLIER_BUSINESS_DAYS = 2
RELEASE_LAG_BUSINESS_DAYS = 7
"""Business days before a release on which a text without a day may have been written."""
MONTH_LENGTH = len("2024-01")


@dataclass(frozen=True)
class Rate:
    """An exchange rate with its basis: a day, `average of 2024-01`, or `end of 2024-01`.

    `is_usual` is true for a rate that authors usually convert by: that of the day of the text, or the average of the
    month. Other rates can explain a difference, but do not confirm an amount.
    """

    basis: str
    rate: Decimal
    is_usual: bool


@dataclass
class RateReader:
    """Reader of exchange rates: units of a quote currency for one unit of a base currency, derived from euro rates."""

    context: Context
    _rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def rates(
        self, base: str, currency: str, period: str, days: Sequence[date], *, earlier_days: int = EARLIER_BUSINESS_DAYS
    ) -> Iterator[Rate]:
        """Yield the rates from `base` to `currency`, the most usual first.

        These are the rates of `days`, the average of the month `period`, the rates of the `earlier_days` business days
        before each day, and the rate at the end of the month. A quarter or a year has no average and no end.
        """
        daily = self._daily(base, currency, days)
        month = self._month(base, currency, period[:7])
        for day in days:
            if day in daily:
                yield Rate(day.isoformat(), daily[day], is_usual=True)
        if month.get("average") is not None:
            yield Rate(f"average of {period[:7]}", Decimal(str(month["average"])), is_usual=True)
        for day in days:
            previous = [each for each in sorted(daily) if each < day][-earlier_days:]
            yield from (Rate(each.isoformat(), daily[each], is_usual=False) for each in reversed(previous))
        if month.get("end") is not None:
            yield Rate(f"end of {period[:7]}", Decimal(str(month["end"])), is_usual=False)

    def _daily(self, base: str, currency: str, days: Sequence[date]) -> dict[date, Decimal]:
        if not days:
            return {}
        first, last = (period_text(month, months=1) for month in (month_number(min(days)) - 1, month_number(max(days))))
        rows = self._fetch(base, currency, "D", f"{first}..{last}")
        return {date.fromisoformat(row["period"]): Decimal(str(row["average"])) for row in rows}

    def _month(self, base: str, currency: str, month: str) -> dict[str, Any]:
        rows = self._fetch(base, currency, "M", month) if len(month) == MONTH_LENGTH else []
        return rows[0] if rows else {}

    def _fetch(self, base: str, currency: str, frequency: str, period: str) -> list[dict[str, Any]]:
        parameters = {"base": base, "currency": currency, "frequency": frequency, "period": period, "limit": "1000"}
        url = build_url("/v1/exchange-rates", parameters)
        if url not in self._rows:
            try:
                self._rows[url] = self.context.fetch_resource(url).rows()
            except InvalidRequest:
                self._rows[url] = []  # a currency without rates
        return self._rows[url]

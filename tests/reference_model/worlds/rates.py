"""Exchange rates of the worlds, and the rates of periods."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Context, Decimal
from random import Random

HIGH_PRECISION, TWELVE_DIGITS = Context(prec=60), Context(prec=12)
MAX_GAP = timedelta(days=6)
"""Time at either end of a period for which there may be no rate."""
DailyRates = dict[str, dict[date, Decimal]]


def draw_rates(seed: int) -> DailyRates:
    """Return units of three currencies for one euro, some days in each month; a few months have none at their end."""
    random = Random(f"{seed} rates")
    rates: DailyRates = {"EUR": {}, "USD": {}, "JPY": {}}
    for year in range(2013, 2022):
        for month in range(1, 13):
            days = (2, 11, 28) if random.random() > 0.05 else (2, 11)
            for day in days:
                rates["EUR"][date(year, month, day)] = Decimal(1)
                rates["USD"][date(year, month, day)] = Decimal(random.randint(10_000, 12_500)) / 10_000
                rates["JPY"][date(year, month, day)] = Decimal(random.randint(10_000, 17_000)) / 100
    return rates


def cross_rate(rates: DailyRates, day: date, source: str, target: str) -> Decimal:
    """Return units of the target currency for one of the source currency."""
    return HIGH_PRECISION.divide(rates[target][day], rates[source][day])


def period_rates(rates: DailyRates, source: str, target: str, *, months: int, basis: str) -> dict[int, Decimal]:
    """Return the rate of each period that has rates from its beginning to its end."""
    found = {}
    for first_month in range(2013 * 12, 2022 * 12, months):
        first, end = _first_day(first_month), _first_day(first_month + months)
        days = [day for day in sorted(rates["EUR"]) if first <= day < end]
        if not days or days[0] > first + MAX_GAP or days[-1] < end - timedelta(days=1) - MAX_GAP:
            continue
        daily = [cross_rate(rates, day, source, target) for day in days]
        rate = daily[-1] if basis == "end" else HIGH_PRECISION.divide(sum(daily, Decimal(0)), Decimal(len(daily)))
        found[first_month] = TWELVE_DIGITS.plus(rate)
    return found


def rate_of_day(rates: DailyRates, source: str, target: str, day: date) -> Decimal | None:
    """Return the rate of a day, or of the last day before it with one, at most seven days before."""
    days = [each for each in _days_back(day) if each in rates["EUR"]]
    return TWELVE_DIGITS.plus(cross_rate(rates, days[0], source, target)) if days else None


def _days_back(day: date) -> Iterator[date]:
    return (day - timedelta(days=n) for n in range(8))


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)

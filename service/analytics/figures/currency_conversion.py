"""Currency conversion: exchange rates by day and by period, and figures converted at them.

Each stored period is converted at its own rate before figures are added up: a quarter is the sum of its months in any
currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import FromClause, Numeric, SmallInteger, and_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from service.analytics.sql.calendar import first_month_of_period, month_containing
from service.analytics.sql.key_conditions import array_parameter
from service.analytics.sql.types import Query
from service.models import ExchangeRate


@dataclass(frozen=True)
class Conversion:
    """A target currency and the rate of each stored period.

    `basis` is `average`, `end` or a day. `rates` are units of `currency` for one unit of the source's currency, by the
    first month of a stored period; a figure of a period without a rate is null. `fixed_rate` is the rate of all
    periods; null where each period has its own.
    """

    currency: str
    basis: str
    rates: Mapping[int, Decimal] = field(default_factory=dict)
    fixed_rate: Decimal | None = None

    @property
    def rate_periods(self) -> tuple[int, ...]:
        """Return the first months of the stored periods that have a rate."""
        return tuple(self.rates)

    @property
    def rate_values(self) -> tuple[Decimal, ...]:
        """Return the rates of `rate_periods`, in their order."""
        return tuple(self.rates.values())

    def period_rate(self, period: int) -> Decimal | None:
        """Return the rate of the stored period that begins with `period`; null where there is none."""
        return self.rates.get(period) if self.fixed_rate is None else self.fixed_rate


def quoted_currencies() -> Query:
    """Select the codes of the currencies with exchange rates, in order."""
    return select(ExchangeRate.currency).distinct().order_by(ExchangeRate.currency)


def daily_rates(*bases: str, currency: str) -> Query:
    """Select base, day and rate: units of `currency` for one unit of each base, as the cross rate over the euro."""
    base_rate, quote_rate = ExchangeRate.__table__.alias("base_rate"), ExchangeRate.__table__.alias("quote_rate")
    same_day = and_(quote_rate.c.day == base_rate.c.day, quote_rate.c.currency == currency)
    return (
        select(
            base_rate.c.currency.label("base"),
            base_rate.c.day,
            (quote_rate.c.per_euro / base_rate.c.per_euro).label("rate"),
        )
        .join(quote_rate, same_day)
        .where(base_rate.c.currency.in_(bases))
        .order_by(base_rate.c.currency, base_rate.c.day)
    )


def period_rates(*bases: str, currency: str, period_months: int) -> Query:
    """Select, for each base currency and period of `period_months` months, the mean and the last exchange rate.

    Rates are units of `currency` for one unit of `base`; the mean is that of the daily cross rates. Each row also has
    the number of days with a rate, and the first and the last of these days.
    """
    day = daily_rates(*bases, currency=currency).order_by(None).subquery("day")
    month = month_containing(day.c.day)
    period = cast(first_month_of_period(month, period_months=period_months), SmallInteger)
    newest_first = func.array_agg(aggregate_order_by(day.c.rate, day.c.day.desc()), type_=ARRAY(Numeric))
    return (
        select(
            day.c.base,
            period.label("period"),
            func.avg(day.c.rate).label("average"),
            newest_first[1].label("end"),
            func.count().label("days"),
            func.min(day.c.day).label("first_day"),
            func.max(day.c.day).label("last_day"),
        )
        .group_by(day.c.base, period)
        .order_by(day.c.base, period)
    )


def converted_figures(figures: FromClause, conversion: Conversion, *, name: str) -> FromClause:
    """Return stored figures as a table with the alias `name`, each value converted at the rate of its period.

    `unconverted_value` is the value in the currency of the source. A value without a rate is null.
    """
    unchanged = [column for column in figures.c if column.name != "value"]
    unchanged.append(figures.c.value.label("unconverted_value"))
    if conversion.fixed_rate is not None:
        value = figures.c.value * cast(conversion.fixed_rate, Numeric)
        return select(*unchanged, value.label("value")).subquery(name)
    periods = array_parameter(conversion.rate_periods, SmallInteger)
    rates = array_parameter(conversion.rate_values, Numeric)
    rate = func.unnest(periods, rates).table_valued("period", "rate").render_derived(name=f"{name}_rate")
    value = figures.c.value * cast(rate.c.rate, Numeric)
    source = figures.outerjoin(rate, rate.c.period == figures.c.period)
    return select(*unchanged, value.label("value")).select_from(source).subquery(name)

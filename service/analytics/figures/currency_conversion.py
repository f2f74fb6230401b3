"""Exchange rates of two currencies by day and by period, and figures converted by them: design of growth, rule 10."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import FromClause, Numeric, SmallInteger, and_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from service.analytics.sql.calendar import first_month_of_period, month_containing
from service.analytics.sql.types import Query
from service.models import ExchangeRate


@dataclass(frozen=True)
class Conversion:
    """Into which currency figures are converted, and at which rate each period is.

    `basis` is `average`, `end` or a day. `rates` are units of `currency` for one unit of the reported currency, by
    the first month of a period; what lies in a period without a rate is null in `currency`. `fixed` is the one rate
    of all periods; null where each has its own.
    """

    currency: str
    basis: str
    rates: Mapping[int, Decimal] = field(default_factory=dict)
    fixed_rate: Decimal | None = None

    def period_rate(self, period: int) -> Decimal | None:
        """Return the rate of the period that begins with that month; null where there is none."""
        return self.rates.get(period) if self.fixed_rate is None else self.fixed_rate


def quoted_currencies() -> Query:
    """Select the codes of the currencies of which there are rates, in order."""
    return select(ExchangeRate.currency).distinct().order_by(ExchangeRate.currency)


def daily_rates(base: str, *, currency: str) -> Query:
    """Select day and rate, units of `currency` for one unit of `base`, the cross rate over the euro."""
    one, other = ExchangeRate.__table__.alias("one"), ExchangeRate.__table__.alias("other")
    same_day = and_(other.c.day == one.c.day, other.c.currency == currency)
    return (
        select(one.c.day, (other.c.per_euro / one.c.per_euro).label("rate"))
        .join(other, same_day)
        .where(one.c.currency == base)
        .order_by(one.c.day)
    )


def period_rates(base: str, *, currency: str, period_months: int) -> Query:
    """Select of each period of `step` months: first month, mean and last rate, number of days, first and last day.

    The mean is that of the days' cross rates.
    """
    day = daily_rates(base, currency=currency).order_by(None).subquery("day")
    month = month_containing(day.c.day)
    period = cast(first_month_of_period(month, period_months=period_months), SmallInteger)
    newest_first = func.array_agg(aggregate_order_by(day.c.rate, day.c.day.desc()), type_=ARRAY(Numeric))
    return (
        select(
            period.label("period"),
            func.avg(day.c.rate).label("average"),
            newest_first[1].label("end"),
            func.count().label("days"),
            func.min(day.c.day).label("first_day"),
            func.max(day.c.day).label("last_day"),
        )
        .group_by(period)
        .order_by(period)
    )


def converted_figures(figures: FromClause, conversion: Conversion, *, name: str) -> FromClause:
    """Return `figures` as a table called `name`, each value at the rate of its period; null where there is none."""
    others = [column for column in figures.c if column.name != "value"]
    if conversion.fixed_rate is not None:
        value = figures.c.value * literal(conversion.fixed_rate, Numeric)
        return select(*others, value.label("value")).subquery(name)
    periods = cast(list(conversion.rates), ARRAY(SmallInteger))
    rates = cast(list(conversion.rates.values()), ARRAY(Numeric))
    rate = func.unnest(periods, rates).table_valued("period", "rate").render_derived(name=f"{name}_rate")
    value = figures.c.value * cast(rate.c.rate, Numeric)
    beside = figures.outerjoin(rate, rate.c.period == figures.c.period)
    return select(*others, value.label("value")).select_from(beside).subquery(name)

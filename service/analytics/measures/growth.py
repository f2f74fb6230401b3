"""Growth of a value over a base, and the status that says why there is none."""

from sqlalchemy import Double, case, cast, func

from service.analytics.sql.rounding import DECIMAL_SCALE, unscaled_decimal
from service.analytics.sql.types import SqlExpression
from service.domain.frequencies import MONTHS_PER_YEAR

PERCENT = 100
GROWTH_STATUSES = (
    "ok",
    "base_missing",
    "base_zero",
    "base_negative",
    "value_missing",
    "incomplete_period",
    "members_differ",
    "series_break",
    "not_covered",
    "suppressed",
    "incomplete_total",
)


def ratio(numerator: SqlExpression, *, denominator: SqlExpression, scale: float = PERCENT) -> SqlExpression:
    """Return `scale` times numerator over denominator, with 4 decimals; null where the denominator is null or 0."""
    # SQLAlchemy casts an expression that it does not know as a double to numeric and back, at many times the cost.
    not_zero = func.nullif(cast(denominator, Double), 0.0, type_=Double)
    ten_thousandths = cast(numerator, Double) * (scale * DECIMAL_SCALE) / not_zero
    return unscaled_decimal(ten_thousandths)


def currency_amount(amount: SqlExpression, unit_multiplier: int) -> SqlExpression:
    """Return a stored amount in units of the currency; a stored unit is `unit_multiplier` of them."""
    return amount if unit_multiplier == 1 else amount * unit_multiplier


def change(value: SqlExpression, *, base: SqlExpression) -> SqlExpression:
    """Return value - base, in the unit of both; null where either is null."""
    return value - base


def growth_pct(value: SqlExpression, *, base: SqlExpression, status: SqlExpression) -> SqlExpression:
    """Return growth over `base` in percent; null unless `status` is `ok`."""
    return case((status == "ok", ratio(value - base, denominator=base)))


def complete_growth_pct(value: SqlExpression, *, base: SqlExpression) -> SqlExpression:
    """Return growth in percent of two complete sums; null where either is null or the base is not above zero."""
    return case((base > 0, ratio(value - base, denominator=base)))


def growth_status(
    value: SqlExpression,
    *,
    base: SqlExpression,
    obs_status: SqlExpression,
    base_obs_status: SqlExpression,
    is_complete: SqlExpression,
    is_base_complete: SqlExpression,
    membership_differs: SqlExpression | None = None,
    is_break: SqlExpression | None = None,
    is_recomposed: SqlExpression | None = None,
) -> SqlExpression:
    """Return the reason why there is no growth in percent, or `ok`; never null.

    `is_complete` and `is_base_complete` say whether every month of the period was published: false if only some were,
    null if none was. `membership_differs` says whether the value and the base of a group are sums over different
    members; null without groups. `is_break` says whether the base is of another commodity or area; null where that is
    impossible. `is_recomposed` says whether a group that the source publishes itself had other members in the base
    period. A value with obs_status Q or M is the sum of its known parts.
    """
    return case(
        ((obs_status == "Q") | (base_obs_status == "Q"), "suppressed"),
        (value.is_(None), "value_missing"),
        (is_complete.is_not(True), "incomplete_period"),
        (is_base_complete.is_(False), "incomplete_period"),
        *([] if is_break is None else [(is_break, "series_break")]),
        *([] if is_recomposed is None else [(is_recomposed, "members_differ")]),
        (base.is_(None) | is_base_complete.is_(None), "base_missing"),
        *([] if membership_differs is None else [(membership_differs, "members_differ")]),
        ((obs_status == "M") | (base_obs_status == "M"), "incomplete_total"),
        (base == 0, "base_zero"),
        (base < 0, "base_negative"),
        else_="ok",
    )


def relative_change(value: SqlExpression, *, base: SqlExpression) -> SqlExpression:
    """Return the change over `base` in percent, as a double that is not rounded; null unless the base is above zero."""
    return case((base > 0, cast(value - base, Double) * float(PERCENT) / cast(base, Double)))


def annual_growth_pct(value: SqlExpression, *, base: SqlExpression, years: int) -> SqlExpression:
    """Return the constant yearly growth in percent that leads from `base` to `value` in `years` years.

    Null where the base is zero, and where the value or the base is below zero.
    """
    not_zero = func.nullif(cast(base, Double), 0.0, type_=Double)
    factor = func.power(cast(value, Double) / not_zero, 1 / years, type_=Double)
    return case(((value >= 0) & (base > 0), unscaled_decimal((factor - 1.0) * (PERCENT * DECIMAL_SCALE))))


def compound_growth_pct(value: SqlExpression, *, first_value: SqlExpression, months: SqlExpression) -> SqlExpression:
    """Return the constant yearly growth in percent that leads from `first_value` to `value` in `months` months.

    Null unless both values are above zero and `months` is a positive number of whole years.
    """
    factor = func.power(
        cast(value, Double) / func.nullif(first_value, 0), float(MONTHS_PER_YEAR) / func.nullif(months, 0), type_=Double
    )
    pct = unscaled_decimal((factor - 1.0) * (PERCENT * DECIMAL_SCALE))
    has_whole_years = (months > 0) & (months % MONTHS_PER_YEAR == 0)
    return case(((value > 0) & (first_value > 0) & has_whole_years, pct))

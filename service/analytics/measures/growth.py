"""Growth over a base, and why there is none: design of growth, rules 1 to 6."""

from sqlalchemy import Double, and_, case, cast, func

from service.analytics.sql.types import Expression

PERCENT = 100
STATUSES = (
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
)


def ratio(part: Expression, *, whole: Expression, scale: float = PERCENT) -> Expression:
    """Return `scale` times part over whole, half-even to 4 decimals; null where the whole is null or zero.

    Rounding is of the scaled quotient to a whole number, which PostgreSQL does half-even for doubles.
    Adding zero turns -0.0 into 0.0.
    """
    # A double that SQLAlchemy does not know as one is cast to numeric and back, at many times the cost.
    not_zero = func.nullif(cast(whole, Double), 0.0, type_=Double)
    ten_thousandths = cast(part, Double) * (scale * 1e4) / not_zero
    return func.round(ten_thousandths, type_=Double) / 1e4 + 0.0


def in_units(amount: Expression, unit: int) -> Expression:
    """Return an amount in units of the currency, of one that is stored in so many of them."""
    return amount if unit == 1 else amount * unit


def change(value: Expression, *, base: Expression) -> Expression:
    """Return value - base in the units of both; null where either is null."""
    return value - base


def comparable_growth_pct(value: Expression, *, base: Expression, comparable: Expression) -> Expression:
    """Return growth over `base` in percent, where the two are comparable and the base is above zero."""
    return case((and_(base > 0, comparable), ratio(value - base, whole=base)))


def growth_pct(value: Expression, *, base: Expression, status: Expression) -> Expression:
    """Return growth over `base` in percent, only where `status` is ok."""
    return case((status == "ok", ratio(value - base, whole=base)))


def complete_growth_pct(value: Expression, *, base: Expression) -> Expression:
    """Return growth in percent of two sums that are null unless complete; null where the base is not above zero."""
    return case((base > 0, ratio(value - base, whole=base)))


def growth_status(
    value: Expression,
    *,
    base: Expression,
    obs_status: Expression,
    base_obs_status: Expression,
    complete: Expression,
    base_complete: Expression,
    members_differ: Expression | None = None,
) -> Expression:
    """Return why there is no growth in percent, or `ok`; never null.

    `complete` and `base_complete` tell whether every month of the period was published; null or false
    for a base means that there is nothing to compare with. `members_differ` tells whether the sums of a group are of
    different members; null where there are no groups.
    """
    return case(
        ((obs_status == "Q") | (base_obs_status == "Q"), "suppressed"),
        (value.is_(None), "value_missing"),
        (complete.is_not(True), "incomplete_period"),
        (base.is_(None) | base_complete.is_not(True), "base_missing"),
        *([] if members_differ is None else [(members_differ, "members_differ")]),
        (base == 0, "base_zero"),
        (base < 0, "base_negative"),
        else_="ok",
    )


def compound_growth_pct(value: Expression, *, first: Expression, months: Expression) -> Expression:
    """Return the constant yearly growth in percent that leads from `first` to `value` in `months`.

    Null unless both are above zero and a period lies between them.
    """
    factor = func.power(cast(value, Double) / func.nullif(first, 0), 12.0 / func.nullif(months, 0), type_=Double)
    ten_thousandths = func.round((factor - 1.0) * (PERCENT * 1e4), type_=Double)
    return case(((value > 0) & (first > 0) & (months > 0), ten_thousandths / 1e4 + 0.0))

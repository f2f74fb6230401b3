"""Trade balance, exports minus imports, and its change from a year earlier.

The change in percent is that of the absolute balance, as Japan's Ministry of Finance computes it: a deficit that halves
has -50.
"""

from sqlalchemy import and_, case, func

from service.analytics.measures.growth import ratio
from service.analytics.sql.types import SqlExpression

TRANSITIONS = (
    "deficit_narrowed",
    "deficit_widened",
    "surplus_narrowed",
    "surplus_widened",
    "to_surplus",
    "to_deficit",
    "unchanged",
)
BALANCE_STATUS_PRECEDENCE = (
    "suppressed",
    "value_missing",
    "incomplete_period",
    "series_break",
    "not_covered",
    "base_missing",
    "members_differ",
    "incomplete_total",
)
"""Growth statuses of a flow that leave the balance without a base, the most important first."""


def balance_status(exports_status: SqlExpression, imports_status: SqlExpression) -> SqlExpression:
    """Return the reason why a balance has no growth from a year earlier, or `ok`; never null.

    It is the first status in BALANCE_STATUS_PRECEDENCE that the growth of exports or of imports has. A flow whose base
    is zero has no growth itself, but does not leave the balance without growth.
    """
    flow_statuses = [
        ((exports_status == status) | (imports_status == status), status) for status in BALANCE_STATUS_PRECEDENCE
    ]
    return case(*flow_statuses, else_="ok")


def magnitude_pct(balance: SqlExpression, *, base: SqlExpression) -> SqlExpression:
    """Return the growth of the absolute balance in percent; null where the sign changes or the base is zero."""
    same_sign = func.sign(balance) * func.sign(base) >= 0
    return case((same_sign, ratio(func.abs(balance) - func.abs(base), denominator=func.abs(base))))


def transition(balance: SqlExpression, *, base: SqlExpression) -> SqlExpression:
    """Return how a balance changed from its base, such as `deficit_narrowed`; null if either is null.

    The result is one of TRANSITIONS. A balance that becomes zero has narrowed.
    """
    return case(
        (balance == base, "unchanged"),
        (and_(balance > 0, base <= 0), "to_surplus"),
        (and_(balance < 0, base >= 0), "to_deficit"),
        (and_(base < 0, balance > base), "deficit_narrowed"),
        (and_(base < 0, balance < base), "deficit_widened"),
        (and_(base > 0, balance < base), "surplus_narrowed"),
        (and_(base > 0, balance > base), "surplus_widened"),
    )


def cover_ratio_pct(exports: SqlExpression, *, imports: SqlExpression) -> SqlExpression:
    """Return exports in percent of imports; null where there are no imports."""
    return ratio(exports, denominator=imports)

"""Exports less imports, and how the balance moved: design of growth.

Japan's Ministry of Finance gives the change of a balance in percent of its size: a deficit that halves reads -50.
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
)
"""Statuses of one flow's growth with which a balance has no base; with the others it has."""


def balance_status(exports_status: SqlExpression, imports_status: SqlExpression) -> SqlExpression:
    """Return why a balance cannot be compared with that of the year before, or `ok`; never null.

    The worse of the statuses of both flows, but that a base of zero will do.
    """
    either = [((exports_status == status) | (imports_status == status), status) for status in BALANCE_STATUS_PRECEDENCE]
    return case(*either, else_="ok")


def magnitude_pct(balance: SqlExpression, *, base: SqlExpression) -> SqlExpression:
    """Return by how many percent the size of a balance grew; null where its sign changes or there was none."""
    same_sign = func.sign(balance) * func.sign(base) >= 0
    return case((same_sign, ratio(func.abs(balance) - func.abs(base), denominator=func.abs(base))))


def transition(balance: SqlExpression, *, base: SqlExpression) -> SqlExpression:
    """Return which way a balance went, one of TRANSITIONS; null where either is.

    What is balanced counts as the end of a deficit or surplus that narrowed.
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

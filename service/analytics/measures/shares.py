"""Share of a part in a total, and contribution of a part to the growth of the total."""

from service.analytics.measures.growth import ratio
from service.analytics.sql.types import SqlExpression


def share_pct(value: SqlExpression, *, total: SqlExpression) -> SqlExpression:
    """Return 100 value / total; null where the total was not published or is zero."""
    return ratio(value, denominator=total)


def contribution_pp(change: SqlExpression, *, total_base: SqlExpression) -> SqlExpression:
    """Return 100 change / total a year earlier: the percentage points that a part adds to the growth of the total.

    Japan's Ministry of Finance calls it kiyodo. Null where either is null or the total is zero.
    """
    return ratio(change, denominator=total_base)

"""A part's share of a whole, and its contribution to the whole's growth."""

from service.analytics.measures.growth import ratio
from service.analytics.sql.types import SqlExpression


def share_pct(value: SqlExpression, *, total: SqlExpression) -> SqlExpression:
    """Return 100 value / whole; null where the whole was not published or is zero."""
    return ratio(value, denominator=total)


def contribution_pp(change: SqlExpression, *, total_base: SqlExpression) -> SqlExpression:
    """Return the points by which `change` moves the whole: 100 change / the whole a year before.

    Called kiyodo by Japan's Ministry of Finance. Null where either period is missing.
    """
    return ratio(change, denominator=total_base)

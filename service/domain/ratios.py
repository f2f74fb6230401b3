"""Quotients of figures that come from several queries, rounded as those are that a query computes itself."""

from decimal import Decimal

Amount = int | Decimal


def rounded_ratio(part: Amount | None, *, total: Amount | None, scale: int = 1) -> float | None:
    """Return `scale` times part over whole, half-even to 4 decimals; null where either is, or the whole is not above 0.

    Adding zero turns -0.0 into 0.0.
    """
    if part is None or total is None or total <= 0:
        return None
    return float(round(Decimal(scale * part) / total, 4)) + 0.0

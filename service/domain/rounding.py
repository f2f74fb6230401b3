"""Rounding half-even: ratios to 4 decimals, amounts of money to whole units."""

from decimal import Decimal
from typing import overload

Amount = int | Decimal
RATIO_DECIMALS = 4
"""Decimals of every percentage, percentage point and index in a response."""


@overload
def round_half_even(amount: Amount) -> int: ...
@overload
def round_half_even(amount: None) -> None: ...
@overload
def round_half_even(amount: Amount | None) -> int | None: ...
def round_half_even(amount: Amount | None) -> int | None:
    """Return an amount rounded to whole units of its currency, halves to the even unit; null for null."""
    return None if amount is None else round(amount)


def rounded_ratio(part: Amount | None, *, total: Amount | None, scale: int = 1) -> float | None:
    """Return `scale` times `part` divided by `total`, rounded to 4 decimals.

    A `scale` of 100 gives a percentage. The result is null where `part` or `total` is null, or `total` is not above 0.
    It is never -0.0, because adding zero removes the sign.
    """
    if part is None or total is None or total <= 0:
        return None
    return float(round(Decimal(scale * part) / total, RATIO_DECIMALS)) + 0.0

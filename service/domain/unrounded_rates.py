"""Unrounded rates for sentences, computed from the amounts in rows of responses.

A rate in a response is rounded to four decimals, and a sentence rounds it to tenths. Rounding twice can give a wrong
tenth: -25.45003% would become 25.4% instead of 25.5%.
"""

from collections.abc import Mapping
from typing import Any, overload

MAX_ROUNDING_ERROR_PP = 0.00005 + 1e-9
"""Maximum error of a rate that is rounded to four decimals.

A rate that is computed from converted values, rounded to whole units, can differ more.
"""
AmountRow = Mapping[str, Any]


@overload
def unrounded_rate(rounded_rate: float, part: Any, whole: Any) -> float: ...
@overload
def unrounded_rate(rounded_rate: None, part: Any, whole: Any) -> None: ...
@overload
def unrounded_rate(rounded_rate: float | None, part: Any, whole: Any) -> float | None: ...
def unrounded_rate(rounded_rate: float | None, part: Any, whole: Any) -> float | None:
    """Return `part` in percent of `whole` if this rounds to the rounded rate, else the rounded rate.

    It does not where an amount is null or rounded itself.
    """
    if rounded_rate is None or part is None or not whole:
        return rounded_rate
    rate = float(100 * part / whole)  # the value of a residual is a decimal
    return rate if abs(rate - float(rounded_rate)) <= MAX_ROUNDING_ERROR_PP else rounded_rate


def unrounded_growth_pct(row: AmountRow) -> Any:
    """Return the growth rate of a row in percent, computed from its value and base if the row has both."""
    return unrounded_rate(row["yoy_pct"], _change(row), row.get("yoy_base"))


def unrounded_share_pct(row: AmountRow, column: str, total: AmountRow | None) -> Any:
    """Return the share of a row in the value of a total, which the column has rounded; null for null."""
    return unrounded_rate(row[column], row.get("value"), total and total.get("value"))


def unrounded_contribution_pp(row: AmountRow, column: str, total: AmountRow | None) -> Any:
    """Return the contribution of a row to the growth of a total, which the column has rounded; null for null."""
    return unrounded_rate(row[column], _change(row), total and total.get("yoy_base"))


def unrounded_magnitude_pct(row: AmountRow) -> Any:
    """Return the growth of the absolute balance of a row in percent; null for null."""
    balance, base = row["balance"], row["balance_base"]
    change = None if balance is None or base is None else abs(balance) - abs(base)
    return unrounded_rate(row["balance_magnitude_pct"], change, base and abs(base))


def _change(row: AmountRow) -> Any:
    value, base = row.get("value"), row.get("yoy_base")
    return None if value is None or base is None else value - base

"""The typed rows that every source is turned into, and the checks that text passes on its way there."""

import re
from decimal import Decimal
from typing import NamedTuple, TypeVar

LARGEST = 10**16
FINEST_DECIMAL = 18
"""Above any figure of trade in any currency or unit, and after the point more digits than any office prints."""

Number = TypeVar("Number", int, Decimal)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_LONGEST_NUMBER = 40


class Record(NamedTuple):
    """One figure as a source prints it, its codes resolved to keys.

    `value` is in the units of the dataset, null where `obs_status` is M (missing) or Q (suppressed).
    `line` is where in its file it stands.
    """

    flow: int
    partner_id: int
    commodity_id: int
    period: int
    value: int | None
    quantity: Decimal | None
    quantity_unit: str | None
    net_weight_kg: Decimal | None
    obs_status: str
    line: int


class NotAFigureError(ValueError):
    """What stands in a cell, kept as `text`, breaks a rule; `column` is what its file calls the column, if known."""

    def __init__(self, rule: str, text: str | None = None, column: str | None = None) -> None:
        super().__init__(rule)
        self.text, self.column = text, column


def decimal_from(text: str, *, column: str | None = None) -> Decimal:
    """Return the number that `text` writes out.

    :raises NotAFigureError: it has a separator, an exponent, full-width digits, is no number at all, or has more digits
        than are kept.
    """
    match = _NUMBER.fullmatch(text)
    if len(text) > _LONGEST_NUMBER or not match:
        raise NotAFigureError("is not a number: digits, with a point at most", text, column)
    number = Decimal(text)
    if abs(number) > LARGEST or len(match.group(1) or "") > FINEST_DECIMAL + 1:
        raise NotAFigureError("is too large, or too fine, to be kept exactly", text, column)
    return number


def whole_from(text: str, *, column: str | None = None) -> int:
    """Return the whole number that `text` writes out.

    :raises NotAFigureError: it is no whole number, or too large to be one of trade.
    """
    number = decimal_from(text, column=column)
    whole = int(number)
    if whole != number:
        raise NotAFigureError("is not whole, though figures of this dataset are", text, column)
    return whole


def within_bounds(number: Number, text: str, *, column: str | None = None) -> Number:
    """Return a number that was worked out from what `text` writes out.

    :raises NotAFigureError: it is too large to be one of trade.
    """
    if abs(number) > LARGEST:
        raise NotAFigureError("is too large, or too fine, to be kept exactly", text, column)
    return number

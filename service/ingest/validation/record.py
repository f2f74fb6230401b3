"""The typed rows that every source is turned into, and the checks that text passes on its way there."""

import re
from decimal import Decimal
from typing import NamedTuple, TypeVar

MAX_FIGURE = 10**16
MAX_DECIMAL_PLACES = 18
"""Above any figure of trade in any currency or unit, and after the point more digits than any office prints."""

ExactNumber = TypeVar("ExactNumber", int, Decimal)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_MAX_NUMBER_CHARACTERS = 40


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


class InvalidCell(ValueError):
    """What stands in a cell, kept as `text`, breaks a rule; `column` is what its file calls the column, if known."""

    def __init__(self, rule: str, text: str | None = None, column: str | None = None) -> None:
        super().__init__(rule)
        self.text, self.column = text, column


def parse_decimal(text: str, *, column: str | None = None) -> Decimal:
    """Return the number that `text` writes out.

    :raises NotAFigureError: it has a separator, an exponent, full-width digits, is no number at all, or has more digits
        than are kept.
    """
    match = _NUMBER.fullmatch(text)
    if len(text) > _MAX_NUMBER_CHARACTERS or not match:
        raise InvalidCell("is not a number: digits, with a point at most", text, column)
    number = Decimal(text)
    if abs(number) > MAX_FIGURE or len(match.group(1) or "") > MAX_DECIMAL_PLACES + 1:
        raise InvalidCell("is too large, or too fine, to be kept exactly", text, column)
    return number


def parse_integer(text: str, *, column: str | None = None) -> int:
    """Return the whole number that `text` writes out.

    :raises NotAFigureError: it is no whole number, or too large to be one of trade.
    """
    number = parse_decimal(text, column=column)
    whole = int(number)
    if whole != number:
        raise InvalidCell("is not whole, though figures of this dataset are", text, column)
    return whole


def check_bounds(number: ExactNumber, text: str, *, column: str | None = None) -> ExactNumber:
    """Return a number that was worked out from what `text` writes out.

    :raises NotAFigureError: it is too large to be one of trade.
    """
    if abs(number) > MAX_FIGURE:
        raise InvalidCell("is too large, or too fine, to be kept exactly", text, column)
    return number

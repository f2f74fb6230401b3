"""The typed record of one figure, which the parsers of all sources return, and the parsers of its numbers."""

import re
from decimal import Decimal
from typing import NamedTuple, TypeVar

MAX_FIGURE = 10**16
MAX_DECIMAL_PLACES = 18
"""Maximum number of decimal places, more than any office prints; `MAX_FIGURE` is above any figure of trade."""

ExactNumber = TypeVar("ExactNumber", int, Decimal)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_MAX_NUMBER_CHARACTERS = 40


class Record(NamedTuple):
    """One figure as a source prints it, with its codes resolved to keys.

    `period` is the first month, as year * 12 + month - 1. `value` is in units of the dataset, null where `obs_status`
    is M (missing) or Q (suppressed). `line` is the number of the line in the file. `source_cells` has, as text,
    further cells of the row, such as flags, that the service can return but does not compute; null for most sources.
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
    source_cells: str | None = None


class InvalidCell(ValueError):
    """A cell that breaks a rule; `text` is its content and `column` the name of its column, null where unknown."""

    def __init__(self, rule: str, text: str | None = None, column: str | None = None) -> None:
        super().__init__(rule)
        self.text, self.column = text, column


def parse_decimal(text: str, *, column: str | None = None) -> Decimal:
    """Return the number that `text` represents.

    :raises InvalidCell: the text is not digits with an optional minus sign and decimal point, or has too many digits.
    """
    match = _NUMBER.fullmatch(text)
    if len(text) > _MAX_NUMBER_CHARACTERS or not match:
        raise InvalidCell("is not a number; write digits, with a decimal point at most", text, column)
    number = Decimal(text)
    if abs(number) > MAX_FIGURE or len(match.group(1) or "") > MAX_DECIMAL_PLACES + 1:
        raise InvalidCell("has too many digits to be stored exactly", text, column)
    return number


def parse_integer(text: str, *, column: str | None = None) -> int:
    """Return the whole number that `text` represents.

    :raises InvalidCell: the text is not a whole number, or has too many digits.
    """
    number = parse_decimal(text, column=column)
    whole = int(number)
    if whole != number:
        raise InvalidCell("is not a whole number, as the values of this dataset are", text, column)
    return whole


def check_bounds(number: ExactNumber, text: str, *, column: str | None = None) -> ExactNumber:
    """Return `number` unchanged after checking that its absolute value is at most MAX_FIGURE.

    The number was computed from the cell `text` of `column`, which the error names.

    :raises InvalidCell: the number is out of range.
    """
    if abs(number) > MAX_FIGURE:
        raise InvalidCell("has too many digits to be stored exactly", text, column)
    return number

"""The typed record that every source is parsed into, and the parsers of its numbers."""

import re
from decimal import Decimal
from typing import NamedTuple, TypeVar

MAX_FIGURE = 10**16
MAX_DECIMAL_PLACES = 18
"""More decimal places than any office prints; `MAX_FIGURE` is above any figure of trade in any currency or unit."""

ExactNumber = TypeVar("ExactNumber", int, Decimal)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_MAX_NUMBER_CHARACTERS = 40


class Record(NamedTuple):
    """One figure as a source prints it, with its codes resolved to keys.

    `value` is in the units of the dataset, null where `obs_status` is M (missing) or Q (suppressed).
    `line` is the line of the file. `source_cells` are cells of the source that are no figures, as a text; null for most
    sources.
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
    """A cell that breaks a rule; `text` is its content and `column` the column name in the file, if known."""

    def __init__(self, rule: str, text: str | None = None, column: str | None = None) -> None:
        super().__init__(rule)
        self.text, self.column = text, column


def parse_decimal(text: str, *, column: str | None = None) -> Decimal:
    """Return the number that `text` represents.

    :raises InvalidCell: it has a separator, an exponent or full-width digits, is not a number, or has too many digits.
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

    :raises InvalidCell: it is not a whole number, or out of range.
    """
    number = parse_decimal(text, column=column)
    whole = int(number)
    if whole != number:
        raise InvalidCell("is not a whole number, as the values of this dataset are", text, column)
    return whole


def check_bounds(number: ExactNumber, text: str, *, column: str | None = None) -> ExactNumber:
    """Return a number computed from `text`, if it is within bounds.

    :raises InvalidCell: it is out of range.
    """
    if abs(number) > MAX_FIGURE:
        raise InvalidCell("has too many digits to be stored exactly", text, column)
    return number

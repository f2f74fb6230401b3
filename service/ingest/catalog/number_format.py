"""The format of the numbers in tidy files, as the table [numbers] of a mapping describes it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.errors import FileError
from service.ingest.validation.record import InvalidCell, check_bounds, parse_decimal

DECIMAL_MARKS = (".", ",")
THOUSANDS_MARKS = ("", ".", ",", " ", "'", "\u00a0", "\u202f")
NUMBER_KEYS = ("decimal", "thousands", "missing", "zero", "value_exponent", "round")
MAX_EXPONENT = 12


@dataclass(frozen=True)
class NumberFormat:
    """The format of the numbers in a file.

    `decimal` is the decimal mark, `thousands` the mark between thousands. `missing` are the texts that stand for a
    missing value, `zero` the texts that stand for 0. A value in the file times 10^`value_exponent` is in units of the
    currency; null means that values are in units of the dataset. With `round_values`, values that are not whole units
    of the dataset are rounded half-even; without it they are errors.
    """

    decimal: str = "."
    thousands: str = ""
    missing: frozenset[str] = frozenset()
    zero: frozenset[str] = frozenset()
    value_exponent: int | None = None
    round_values: bool = False

    @property
    def is_plain(self) -> bool:
        """Return whether this is the default format: digits with at most a decimal point, in units of the dataset."""
        return self == NumberFormat()

    def is_missing(self, text: str) -> bool:
        """Return whether a text stands for a missing value."""
        return text in self.missing

    def parse(self, text: str, *, column: str | None = None) -> Decimal:
        """Return the number that a text represents.

        :raises InvalidCell: the text is not a number of this format.
        """
        if text in self.zero:
            return Decimal(0)
        if self.thousands and self.thousands in text:
            text = _remove_thousands_separators(text, self.thousands, self.decimal, column)
        if self.decimal != ".":
            if "." in text:
                raise InvalidCell(f"is not a number with {self.decimal!r} as decimal mark", text, column)
            text = text.replace(self.decimal, ".")
        return parse_decimal(text, column=column)

    def value_and_rounding(self, text: str, *, unit_exponent: int, column: str | None = None) -> tuple[int, Decimal]:
        """Return the value of a text in units of the dataset, and the unrounded minus the rounded value.

        `unit_exponent` is that of the dataset.

        :raises InvalidCell: the text is not a number, is too large, or is not a whole number of units.
        """
        number = self.parse(text, column=column)
        exponent = 0 if self.value_exponent is None else self.value_exponent - unit_exponent
        scaled = check_bounds(number.scaleb(exponent), text, column=column)
        value = round(scaled)
        if value != scaled and not self.round_values:
            rule = "is not a whole number, as the values of this dataset are"
            raise InvalidCell(rule, text, column)
        return value, scaled - value


def _remove_thousands_separators(text: str, mark: str, decimal: str, column: str | None) -> str:
    """Return a number without its thousands marks, which must separate groups of three digits."""
    whole, decimal_mark, fraction = text.partition(decimal)
    first, *groups = whole.removeprefix("-").split(mark)
    if mark in fraction or not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):
        raise InvalidCell(f"is not a number with {mark!r} between thousands", text, column)
    return whole.replace(mark, "") + decimal_mark + fraction


def number_format_errors(table: Mapping[str, Any]) -> Iterator[FileError]:
    """Yield the errors of the table [numbers]."""
    for key in table:
        if key not in NUMBER_KEYS:
            yield FileError(f"is not a key of [numbers]; use {', '.join(NUMBER_KEYS)}", value=key)
    decimal, thousands = table.get("decimal", "."), table.get("thousands", "")
    if decimal not in DECIMAL_MARKS:
        yield FileError('is not a decimal mark of [numbers]; use "." or ","', value=str(decimal))
    if thousands not in THOUSANDS_MARKS or thousands == decimal:
        yield FileError("is not a thousands mark of [numbers] that differs from decimal", value=str(thousands))
    for key in ("missing", "zero"):
        texts = table.get(key, [])
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            yield FileError(f'{key} in [numbers] is not a list of texts, as ["", ":"]', value=str(texts))
    exponent = table.get("value_exponent", 0)
    if not isinstance(exponent, int) or isinstance(exponent, bool) or abs(exponent) > MAX_EXPONENT:
        yield FileError("value_exponent in [numbers] is not an exponent of ten, as 6 for millions", value=str(exponent))
    if not isinstance(table.get("round", False), bool):
        yield FileError("round in [numbers] is not true or false", value=str(table["round"]))


def number_format(table: Mapping[str, Any]) -> NumberFormat:
    """Return the format that a valid table [numbers] describes."""
    return NumberFormat(
        decimal=table.get("decimal", "."),
        thousands=table.get("thousands", ""),
        missing=frozenset(table.get("missing", [])),
        zero=frozenset(table.get("zero", [])),
        value_exponent=table.get("value_exponent"),
        round_values=table.get("round", False),
    )

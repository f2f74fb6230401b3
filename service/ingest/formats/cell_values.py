"""What the cells of workbooks and Parquet files say, as the text that a CSV file would have in their place."""

import re
from decimal import Decimal
from typing import Any

import numpy as np

from service.ingest.formats.encodings import decode_strict

MAX_EXACT_INTEGER = 2**53
"""Up to here every whole number is one that a float can hold; beyond it, one float stands for several."""

CONTROL_PATTERN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
CONTROL_CHARACTER_RULE = "holds a character that controls a machine and is no text"
_CONTROL_REGEX = re.compile(CONTROL_PATTERN)


def cell_value_text(value: Any, *, name: str, line: int) -> str:
    """Return the text of a cell: null is empty, a number is its digits.

    :raises ValueError: it is a date, a truth value, a formula, or text with a character that is none.
    :raises BadFile: its text was encoded twice.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        if _CONTROL_REGEX.search(value):
            raise ValueError(CONTROL_CHARACTER_RULE)
        return decode_strict(value.encode(), "utf-8", name=name, line_number=line).strip()
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(f"is a cell of type {type(value).__name__}, where text or a number is read")  # noqa: TRY004
    return float_text(value) if isinstance(value, float) else format(value, "f" if isinstance(value, Decimal) else "")


def float_text(value: Any) -> str:
    """Return the shortest digits that mean this float, of single or double precision.

    What they cannot say exactly (`nan`, `inf`, a whole number beyond 2^53) reads so that it is no number.
    """
    if abs(value) <= MAX_EXACT_INTEGER:
        return np.format_float_positional(value, trim="-")
    return f"{value:e}"

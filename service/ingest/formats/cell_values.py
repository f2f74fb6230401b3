"""Conversion of the cells of workbooks and Parquet files to the text that a CSV file would have."""

import re
from decimal import Decimal
from typing import Any

import numpy as np

from service.ingest.formats.encodings import decode_strict

MAX_EXACT_INTEGER = 2**53
"""The bound up to which a float represents every whole number exactly."""

CONTROL_PATTERN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
CONTROL_CHARACTER_RULE = "has a control character"
_CONTROL_REGEX = re.compile(CONTROL_PATTERN)


def cell_value_text(value: Any, *, name: str, line: int) -> str:
    """Return the value of a cell as text: empty for null, digits for a number.

    Errors call the file `name` and name the line.

    :raises ValueError: the value is neither text nor a number, or has a control character.
    :raises InvalidFile: the text was encoded twice.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        if _CONTROL_REGEX.search(value):
            raise ValueError(CONTROL_CHARACTER_RULE)
        return decode_strict(value.encode(), "utf-8", name=name, line_number=line).strip()
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(f"is a cell of type {type(value).__name__}, but should be text or a number")  # noqa: TRY004
    return float_text(value) if isinstance(value, float) else format(value, "f" if isinstance(value, Decimal) else "")


def float_text(value: Any) -> str:
    """Return the shortest decimal number that represents a float of single or double precision.

    A value without exact digits (`nan`, `inf`, a whole number beyond 2^53) becomes a text that is not a number.
    """
    if abs(value) <= MAX_EXACT_INTEGER:
        return np.format_float_positional(value, trim="-")
    return f"{value:e}"

"""What the cells of workbooks and Parquet files say, as the text that a CSV file would have in their place."""

import re
from decimal import Decimal
from typing import Any

import numpy as np

from service.ingest.formats.encodings import decoded

EXACT = 2**53
"""Up to here every whole number is one that a float can hold; beyond it, one float stands for several."""

CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
IS_CONTROL = "holds a character that controls a machine and is no text"
_CONTROL = re.compile(CONTROL)


def text_of(value: Any, *, name: str, line: int) -> str:
    """Return the text of a cell: null is empty, a number is its digits.

    :raises ValueError: it is a date, a truth value, a formula, or text with a character that is none.
    :raises BadFile: its text was encoded twice.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        if _CONTROL.search(value):
            raise ValueError(IS_CONTROL)
        return decoded(value.encode(), "utf-8", name=name, number=line).strip()
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(f"is a cell of type {type(value).__name__}, where text or a number is read")  # noqa: TRY004
    return (
        text_of_float(value) if isinstance(value, float) else format(value, "f" if isinstance(value, Decimal) else "")
    )


def text_of_float(value: Any) -> str:
    """Return the shortest digits that mean this float, of single or double precision.

    What they cannot say exactly (`nan`, `inf`, a whole number beyond 2^53) reads so that it is no number.
    """
    if abs(value) <= EXACT:
        return np.format_float_positional(value, trim="-")
    return f"{value:e}"

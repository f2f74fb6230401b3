"""Columns as text, and lines made of them, for the forms that are read by people and by everything else."""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from service.api.exports.arrow_arrays import arrow_array, arrow_scalar
from service.api.exports.record_batches import encode_dictionary

ValueFormatter = Callable[[Any], str]


def format_column(values: pa.Array, format_value: ValueFormatter) -> pa.StringArray:
    """Return numbers and truth values as they are written everywhere, and texts and lists as `written` writes them.

    Null stays null. Text is written once for each different value.
    """
    kind = values.type
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind):
        places = encode_dictionary(values)
        return _format_each(places.dictionary, format_value).take(places.indices)
    if pa.types.is_list(kind):
        return _format_each(values, format_value)
    return _format_decimals(values) if pa.types.is_decimal(kind) else values.cast(pa.string())


def join_lines(columns: Sequence[pa.StringArray | str], *, null_text: str, line_end: str, separator: str = "") -> bytes:
    """Return the columns, or what is the same in every line, beside each other, a line for each of their rows."""
    *others, last = (_text_scalar(column) if isinstance(column, str) else column for column in columns)
    ended = _join_elements(last, _text_scalar(line_end), _text_scalar(""), null_text=null_text)
    joined = _join_elements(*others, ended, _text_scalar(separator), null_text=null_text)
    # All texts of a column lie one behind the other in one piece of memory: the lines are written already.
    length = pc.sum(pc.binary_length(joined)).as_py() or 0
    return memoryview(joined.buffers()[2])[:length].tobytes()


def _text_scalar(text: str) -> pa.Scalar:
    return arrow_scalar(text, pa.string())


def _join_elements(*columns_and_separator: pa.StringArray | pa.Scalar, null_text: str) -> pa.StringArray:
    return pc.binary_join_element_wise(*columns_and_separator, null_handling="replace", null_replacement=null_text)


def _format_each(values: pa.Array, format_value: ValueFormatter) -> pa.StringArray:
    return arrow_array((None if value is None else format_value(value) for value in values.to_pylist()), pa.string())


def _format_decimals(values: pa.Array) -> pa.StringArray:
    """Return decimals without the zeros that follow their last digit, and zero as 0."""
    text = values.cast(pa.string())
    is_plain = pc.invert(pc.match_substring(text, "E"))
    plain = pc.utf8_rtrim(pc.utf8_rtrim(text, characters="0"), characters=".")
    is_zero = pc.equal(values, arrow_scalar(0, values.type))
    return pc.if_else(is_zero, _text_scalar("0"), pc.if_else(is_plain, plain, text))

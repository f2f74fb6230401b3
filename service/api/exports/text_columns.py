"""Columns as text, and the lines of text formats such as CSV."""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from service.api.exports.arrow_arrays import arrow_array, arrow_scalar
from service.api.exports.record_batches import encode_dictionary

ValueFormatter = Callable[[Any], str]


def format_column(values: pa.Array, format_value: ValueFormatter) -> pa.StringArray:
    """Return a column as text.

    Numbers and booleans have the format that all text formats share; texts and lists are formatted by `format_value`.
    Null stays null. Each distinct text is formatted once.
    """
    arrow_type = values.type
    if pa.types.is_dictionary(arrow_type) or pa.types.is_string(arrow_type):
        dictionary_array = encode_dictionary(values)
        return _format_each(dictionary_array.dictionary, format_value).take(dictionary_array.indices)
    if pa.types.is_list(arrow_type):
        return _format_each(values, format_value)
    return _format_decimals(values) if pa.types.is_decimal(arrow_type) else values.cast(pa.string())


def join_lines(columns: Sequence[pa.StringArray | str], *, null_text: str, line_end: str, separator: str = "") -> bytes:
    """Return the rows of a table as lines of text, which end with `line_end`.

    Each of `columns` is an array with a text for each row, or a string that is the same in every row. The texts of each
    row are joined by `separator`; a null in a column becomes `null_text`.
    """
    *others, last = (_text_scalar(column) if isinstance(column, str) else column for column in columns)
    line_endings = _join_elements(last, _text_scalar(line_end), _text_scalar(""), null_text=null_text)
    lines = _join_elements(*others, line_endings, _text_scalar(separator), null_text=null_text)
    # Arrow stores the texts of a column contiguously, so that the buffer already is the text of all lines.
    length = pc.sum(pc.binary_length(lines)).as_py() or 0
    return memoryview(lines.buffers()[2])[:length].tobytes()


def _text_scalar(text: str) -> pa.Scalar:
    return arrow_scalar(text, pa.string())


def _join_elements(*columns_and_separator: pa.StringArray | pa.Scalar, null_text: str) -> pa.StringArray:
    return pc.binary_join_element_wise(*columns_and_separator, null_handling="replace", null_replacement=null_text)


def _format_each(values: pa.Array, format_value: ValueFormatter) -> pa.StringArray:
    return arrow_array((None if value is None else format_value(value) for value in values.to_pylist()), pa.string())


def _format_decimals(values: pa.Array) -> pa.StringArray:
    """Return decimals without trailing zeros, and zero as 0."""
    text = values.cast(pa.string())
    is_plain = pc.invert(pc.match_substring(text, "E"))
    plain = pc.utf8_rtrim(pc.utf8_rtrim(text, characters="0"), characters=".")
    is_zero = pc.equal(values, arrow_scalar(0, values.type))
    return pc.if_else(is_zero, _text_scalar("0"), pc.if_else(is_plain, plain, text))

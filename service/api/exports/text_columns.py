"""Columns as text, and lines made of them, for the forms that are read by people and by everything else."""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from service.api.exports.arrow_arrays import column_of, constant
from service.api.exports.record_batches import encoded

Written = Callable[[Any], str]


def as_text(values: pa.Array, written: Written) -> pa.StringArray:
    """Return numbers and truth values as they are written everywhere, and texts and lists as `written` writes them.

    Null stays null. Text is written once for each different value.
    """
    kind = values.type
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind):
        places = encoded(values)
        return _each(places.dictionary, written).take(places.indices)
    if pa.types.is_list(kind):
        return _each(values, written)
    return _decimals(values) if pa.types.is_decimal(kind) else values.cast(pa.string())


def lines(columns: Sequence[pa.StringArray | str], *, null: str, end: str, between: str = "") -> bytes:
    """Return the columns, or what is the same in every line, beside each other, a line for each of their rows."""
    *others, last = (_same(column) if isinstance(column, str) else column for column in columns)
    ended = _joined(last, _same(end), _same(""), null=null)
    joined = _joined(*others, ended, _same(between), null=null)
    # All texts of a column lie one behind the other in one piece of memory: the lines are written already.
    length = pc.sum(pc.binary_length(joined)).as_py() or 0
    return memoryview(joined.buffers()[2])[:length].tobytes()


def _same(text: str) -> pa.Scalar:
    return constant(text, pa.string())


def _joined(*columns_and_between: pa.StringArray | pa.Scalar, null: str) -> pa.StringArray:
    return pc.binary_join_element_wise(*columns_and_between, null_handling="replace", null_replacement=null)


def _each(values: pa.Array, written: Written) -> pa.StringArray:
    return column_of((None if value is None else written(value) for value in values.to_pylist()), pa.string())


def _decimals(values: pa.Array) -> pa.StringArray:
    """Return decimals without the zeros that follow their last digit, and zero as 0."""
    text = values.cast(pa.string())
    is_plain = pc.invert(pc.match_substring(text, "E"))
    plain = pc.utf8_rtrim(pc.utf8_rtrim(text, characters="0"), characters=".")
    is_zero = pc.equal(values, constant(0, values.type))
    return pc.if_else(is_zero, _same("0"), pc.if_else(is_plain, plain, text))

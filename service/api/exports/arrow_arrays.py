"""Columns of Python's values.

What pa.array and pa.scalar do, but that these import pandas to see whether they are given values of it: 30 MB in each
worker.
"""

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from typing import Any

import pyarrow as pa

# What Arrow would take its memory from keeps 15 MB more of it, and is not worth that here.
pa.set_memory_pool(pa.system_memory_pool())


def arrow_array(values: Iterable[Any], arrow_type: pa.DataType) -> pa.Array:
    """Return a column of values of one kind; null as null."""
    given = list(values)
    if pa.types.is_list(arrow_type):
        return _list_array(given, arrow_type)
    return _text_array([None if value is None else _value_text(value) for value in given]).cast(arrow_type)


def arrow_scalar(value: Any, arrow_type: pa.DataType) -> pa.Scalar:
    """Return a value of one kind that stands for itself in every row."""
    return arrow_array([value], arrow_type)[0]


def _value_text(value: Any) -> str:
    """Return a value as text that Arrow reads as the same value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _text_array(values: Sequence[str | None]) -> pa.StringArray:
    pieces = [b"" if value is None else value.encode() for value in values]
    data = pa.py_buffer(b"".join(pieces))
    return pa.StringArray.from_buffers(len(pieces), _offsets(map(len, pieces)), data, _validity_bitmap(values))


def _list_array(values: Sequence[Sequence[Any] | None], arrow_type: pa.DataType) -> pa.ListArray:
    members = arrow_array(chain.from_iterable(value or () for value in values), arrow_type.value_type)
    buffers = [_validity_bitmap(values), _offsets(len(value or ()) for value in values)]
    return pa.Array.from_buffers(arrow_type, len(values), buffers, children=[members])


def _offsets(lengths: Iterable[int]) -> pa.Buffer:
    """Return where each of some pieces that follow one another begins, and where the last ends."""
    return pa.py_buffer(array("i", accumulate(lengths, initial=0)))


def _validity_bitmap(values: Sequence[Any]) -> pa.Buffer:
    """Return a bit for each value, the lowest of each byte first: whether it is not null."""
    bits = sum((value is not None) << place for place, value in enumerate(values))
    return pa.py_buffer(bits.to_bytes(-(-len(values) // 8), "little"))

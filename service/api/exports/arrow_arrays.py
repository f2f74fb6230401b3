"""Conversion of Python values to Arrow arrays.

These functions replace pa.array and pa.scalar, which import pandas to recognize its values and so take 30 MB of memory
in each worker.
"""

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from typing import Any

import pyarrow as pa

# The default memory pool of Arrow retains 15 MB more, for a speed that exports do not need.
pa.set_memory_pool(pa.system_memory_pool())


def arrow_array(values: Iterable[Any], arrow_type: pa.DataType) -> pa.Array:
    """Return an Arrow array of values of one type; null stays null."""
    value_list = list(values)
    if pa.types.is_list(arrow_type):
        return _list_array(value_list, arrow_type)
    return _text_array([None if value is None else _value_text(value) for value in value_list]).cast(arrow_type)


def arrow_scalar(value: Any, arrow_type: pa.DataType) -> pa.Scalar:
    """Return a value as an Arrow scalar."""
    return arrow_array([value], arrow_type)[0]


def _value_text(value: Any) -> str:
    """Return a value as text from which Arrow casts the same value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _text_array(values: Sequence[str | None]) -> pa.StringArray:
    encoded_texts = [b"" if value is None else value.encode() for value in values]
    text_buffer = pa.py_buffer(b"".join(encoded_texts))
    return pa.StringArray.from_buffers(
        len(encoded_texts), _offsets(map(len, encoded_texts)), text_buffer, _validity_bitmap(values)
    )


def _list_array(values: Sequence[Sequence[Any] | None], arrow_type: pa.DataType) -> pa.ListArray:
    members = arrow_array(chain.from_iterable(value or () for value in values), arrow_type.value_type)
    buffers = [_validity_bitmap(values), _offsets(len(value or ()) for value in values)]
    return pa.Array.from_buffers(arrow_type, len(values), buffers, children=[members])


def _offsets(lengths: Iterable[int]) -> pa.Buffer:
    """Return the offset of each element of consecutive elements, and of the end of the last one."""
    return pa.py_buffer(array("i", accumulate(lengths, initial=0)))


def _validity_bitmap(values: Sequence[Any]) -> pa.Buffer:
    """Return one bit for each value, 1 where it is not null; the lowest bit of each byte comes first."""
    bits = sum((value is not None) << index for index, value in enumerate(values))
    return pa.py_buffer(bits.to_bytes(-(-len(values) // 8), "little"))

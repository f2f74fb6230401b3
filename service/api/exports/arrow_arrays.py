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


def column_of(values: Iterable[Any], kind: pa.DataType) -> pa.Array:
    """Return a column of values of one kind; null as null."""
    given = list(values)
    if pa.types.is_list(kind):
        return _lists(given, kind)
    return _texts([None if value is None else _written(value) for value in given]).cast(kind)


def constant(value: Any, kind: pa.DataType) -> pa.Scalar:
    """Return a value of one kind that stands for itself in every row."""
    return column_of([value], kind)[0]


def _written(value: Any) -> str:
    """Return a value as text that Arrow reads as the same value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _texts(values: Sequence[str | None]) -> pa.StringArray:
    pieces = [b"" if value is None else value.encode() for value in values]
    data = pa.py_buffer(b"".join(pieces))
    return pa.StringArray.from_buffers(len(pieces), _ends(map(len, pieces)), data, _present(values))


def _lists(values: Sequence[Sequence[Any] | None], kind: pa.DataType) -> pa.ListArray:
    members = column_of(chain.from_iterable(value or () for value in values), kind.value_type)
    buffers = [_present(values), _ends(len(value or ()) for value in values)]
    return pa.Array.from_buffers(kind, len(values), buffers, children=[members])


def _ends(lengths: Iterable[int]) -> pa.Buffer:
    """Return where each of some pieces that follow one another begins, and where the last ends."""
    return pa.py_buffer(array("i", accumulate(lengths, initial=0)))


def _present(values: Sequence[Any]) -> pa.Buffer:
    """Return a bit for each value, the lowest of each byte first: whether it is not null."""
    bits = sum((value is not None) << place for place, value in enumerate(values))
    return pa.py_buffer(bits.to_bytes(-(-len(values) // 8), "little"))

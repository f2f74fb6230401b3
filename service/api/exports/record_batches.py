"""Batches of columns: made of rows, or of whole columns of a query by what each column is made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa

from service.api.exports.arrow_arrays import column_of, constant
from service.api.serialization.column_formatters import Column

ROWS = 4096
"""Rows in a batch: while Python works on one, the server's next rows fit into the socket between them."""

FIRST = constant(0, pa.int32())


def batches_of_rows(rows: Iterable[Sequence[Any]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the rows, values of the columns of `schema` in its order, a batch at a time."""
    remaining = iter(rows)
    while some := list(islice(remaining, ROWS)):
        columns = [column_of(values, field.type) for values, field in zip(zip(*some, strict=True), schema, strict=True)]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def batch_of_columns(found: Mapping[str, pa.Array], columns: Sequence[Column], schema: pa.Schema) -> pa.RecordBatch:
    """Return the columns of `schema` as `columns` make them of those that a query `found`.

    Text is encoded by a dictionary where it was made of few different values; see `encoded`.
    """
    rows = len(next(iter(found.values())))
    made = [_made(column, found, field.type, rows) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(made, names=schema.names)


def encoded(texts: pa.Array) -> pa.DictionaryArray:
    """Return texts as places in a list of the different ones; null is one of them."""
    is_encoded = isinstance(texts, pa.DictionaryArray)
    return texts if is_encoded else texts.dictionary_encode(null_encoding="encode")


def _made(column: Column, found: Mapping[str, pa.Array], kind: pa.DataType, rows: int) -> pa.Array:
    """Return a column. What is made of one source is made once for each of its different values."""
    if column.make is None:
        return found[column.sources[0]].cast(kind)
    if not column.sources:
        return _taken(column_of([column.make()], kind), pa.repeat(FIRST, rows))
    if len(column.sources) == 1:
        source = encoded(found[column.sources[0]])
        return _taken(column_of(map(column.make, source.dictionary.to_pylist()), kind), source.indices)
    sources = (found[name].to_pylist() for name in column.sources)
    return column_of(map(column.make, *sources), kind)


def _taken(different: pa.Array, places: pa.Array) -> pa.Array:
    if pa.types.is_string(different.type):
        return pa.DictionaryArray.from_arrays(places, different)
    return different.take(places)

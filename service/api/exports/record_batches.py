"""Batches of columns: made of rows, or of whole columns of a query by what each column is made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa

from service.api.exports.arrow_arrays import arrow_array, arrow_scalar
from service.api.serialization.column_formatters import Column

EXPORT_BATCH_ROWS = 4096
"""Rows in a batch: while Python works on one, the server's next rows fit into the socket between them."""

FIRST_INDEX = arrow_scalar(0, pa.int32())


def batch_rows(rows: Iterable[Sequence[Any]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the rows, values of the columns of `schema` in its order, a batch at a time."""
    remaining = iter(rows)
    while some := list(islice(remaining, EXPORT_BATCH_ROWS)):
        columns = [
            arrow_array(values, field.type) for values, field in zip(zip(*some, strict=True), schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def build_batch(source_arrays: Mapping[str, pa.Array], columns: Sequence[Column], schema: pa.Schema) -> pa.RecordBatch:
    """Return the columns of `schema` as `columns` make them of those that a query `found`.

    Text is encoded by a dictionary where it was made of few different values; see `encoded`.
    """
    rows = len(next(iter(source_arrays.values())))
    made = [
        _column_array(column, source_arrays, field.type, rows) for column, field in zip(columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(made, names=schema.names)


def encode_dictionary(texts: pa.Array) -> pa.DictionaryArray:
    """Return texts as places in a list of the different ones; null is one of them."""
    is_encoded = isinstance(texts, pa.DictionaryArray)
    return texts if is_encoded else texts.dictionary_encode(null_encoding="encode")


def _column_array(
    column: Column, source_arrays: Mapping[str, pa.Array], arrow_type: pa.DataType, row_count: int
) -> pa.Array:
    """Return a column. What is made of one source is made once for each of its different values."""
    if column.formatter is None:
        return source_arrays[column.source_columns[0]].cast(arrow_type)
    if not column.source_columns:
        return _take_values(arrow_array([column.formatter()], arrow_type), pa.repeat(FIRST_INDEX, row_count))
    if len(column.source_columns) == 1:
        source = encode_dictionary(source_arrays[column.source_columns[0]])
        return _take_values(
            arrow_array(map(column.formatter, source.dictionary.to_pylist()), arrow_type), source.indices
        )
    sources = (source_arrays[name].to_pylist() for name in column.source_columns)
    return arrow_array(map(column.formatter, *sources), arrow_type)


def _take_values(distinct_values: pa.Array, indices: pa.Array) -> pa.Array:
    if pa.types.is_string(distinct_values.type):
        return pa.DictionaryArray.from_arrays(indices, distinct_values)
    return distinct_values.take(indices)

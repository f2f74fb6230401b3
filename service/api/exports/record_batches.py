"""Arrow record batches of response columns, made from rows of values or from the columns of a query."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa

from service.api.exports.arrow_arrays import arrow_array, arrow_scalar
from service.api.serialization.column_formatters import Column

EXPORT_BATCH_ROWS = 4096
"""Rows in a batch; the next batch fits into the socket buffer while Python works on one."""

FIRST_INDEX = arrow_scalar(0, pa.int32())


def batch_rows(rows: Iterable[Sequence[Any]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield record batches of rows, each of which has its values in the order of the columns of `schema`."""
    remaining = iter(rows)
    while batch := list(islice(remaining, EXPORT_BATCH_ROWS)):
        columns = [
            arrow_array(values, field.type) for values, field in zip(zip(*batch, strict=True), schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def build_batch(source_arrays: Mapping[str, pa.Array], columns: Sequence[Column], schema: pa.Schema) -> pa.RecordBatch:
    """Return a record batch of the response columns `columns`, which are computed from columns of a query.

    `source_arrays` has the columns of the query by name. A text column that is computed from only one of them is
    dictionary encoded.
    """
    row_count = len(next(iter(source_arrays.values())))
    arrays = [
        _column_array(column, source_arrays, field.type, row_count)
        for column, field in zip(columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=schema.names)


def encode_dictionary(texts: pa.Array) -> pa.DictionaryArray:
    """Return an array of texts in Arrow's dictionary encoding: the distinct texts, and an index into them for each row.

    Null has an index too, as one of the distinct texts.
    """
    is_encoded = isinstance(texts, pa.DictionaryArray)
    return texts if is_encoded else texts.dictionary_encode(null_encoding="encode")


def _column_array(
    column: Column, source_arrays: Mapping[str, pa.Array], arrow_type: pa.DataType, row_count: int
) -> pa.Array:
    """Return a column. One with a single source column is formatted once for each distinct value."""
    if not column.source_columns:
        return _take_values(arrow_array([column.constant], arrow_type), pa.repeat(FIRST_INDEX, row_count))
    if column.formatter is None:
        return source_arrays[column.source_columns[0]].cast(arrow_type)
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

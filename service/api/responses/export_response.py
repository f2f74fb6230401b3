"""Answers that are rows alone, as CSV, NDJSON or Parquet: the door to service/api/exports.

It is opened when the first such answer is asked for. What lies behind it imports Arrow, which takes a third of a second
and 50 MB: a worker that is asked for JSON alone does not pay that.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, request
from marshmallow import Schema

from service.analytics.sql.types import Query
from service.api.database.request_context import (
    current_database,
    current_server,
    release_session,
    set_read_data_version,
)
from service.api.serialization.column_formatters import Column


def export_rows(
    format_name: str, rows: Iterable[Sequence[Any]], *, schema: type[Schema], column_names: Sequence[str]
) -> Response:
    """Return `rows`, values of the columns of `schema` called `names`, in `form`."""
    from service.api.exports import arrow_schema, file_response, record_batches  # noqa: PLC0415 - see above

    columns = arrow_schema.arrow_schema(schema, column_names)
    return file_response.file_response(format_name, record_batches.batch_rows(rows, columns), columns)


def export_query(
    format_name: str, query: Query, *, schema: type[Schema], columns: Sequence[Column], data_version: int
) -> Response:
    """Return all rows of `query` in `form`, streamed, as they stand at `data_version`; to HEAD only headers.

    :raises DataMoved: the data are no longer of that version.
    """
    from service.api.exports import arrow_schema, copy_reader, file_response, record_batches  # noqa: PLC0415 - see above

    if request.method == "HEAD":
        return file_response.headers_only_response(format_name)
    kinds = arrow_schema.arrow_schema(schema, [column.name for column in columns])
    release_session()
    engine, around = current_server().export_engine, current_database().on_copy()
    reading = copy_reader.CopyReader(engine, data_version=data_version, on_copy=around)
    set_read_data_version(data_version)
    needed = sorted({source for column in columns for source in column.source_columns})
    found = (record_batches.build_batch(batch, columns, kinds) for batch in reading.batches(query, needed))
    return file_response.streamed_file_response(format_name, found, kinds, close=reading.close)

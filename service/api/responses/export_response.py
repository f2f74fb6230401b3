"""Answers that are rows alone, as CSV, NDJSON or Parquet: the door to service/api/exports.

It is opened when the first such answer is asked for. What lies behind it imports Arrow, which takes a third of a second
and 50 MB: a worker that is asked for JSON alone does not pay that.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, request
from marshmallow import Schema

from service.analytics.sql.types import Rows
from service.api.database.request_context import current_server, current_store, note_version_read, release_session
from service.api.serialization.column_formatters import Column


def rows_response(form: str, rows: Iterable[Sequence[Any]], *, schema: type[Schema], names: Sequence[str]) -> Response:
    """Return `rows`, values of the columns of `schema` called `names`, in `form`."""
    from service.api.exports import arrow_schema, file_response, record_batches  # noqa: PLC0415 - see above

    columns = arrow_schema.table_schema(schema, names)
    return file_response.table(form, record_batches.batches_of_rows(rows, columns), columns)


def query_response(
    form: str, query: Rows, *, schema: type[Schema], columns: Sequence[Column], data_version: int
) -> Response:
    """Return all rows of `query` in `form`, streamed, as they stand at `data_version`; to HEAD only headers.

    :raises DataMoved: the data are no longer of that version.
    """
    from service.api.exports import arrow_schema, copy_reader, file_response, record_batches  # noqa: PLC0415 - see above

    if request.method == "HEAD":
        return file_response.nothing_but_headers(form)
    kinds = arrow_schema.table_schema(schema, [column.name for column in columns])
    release_session()
    engine, around = current_server().export_engine, current_store().copying()
    reading = copy_reader.Reading(engine, data_version=data_version, copying=around)
    note_version_read(data_version)
    needed = sorted({source for column in columns for source in column.sources})
    found = (record_batches.batch_of_columns(batch, columns, kinds) for batch in reading.batches(query, needed))
    return file_response.streamed_table(form, found, kinds, close=reading.close)

"""Answers that are rows alone, as CSV, NDJSON or Parquet: the door to service/api/exports.

It is opened when the first such answer is asked for. What lies behind it imports Arrow, which takes a third of a second
and 50 MB: a worker that is asked for JSON alone does not pay that.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, request
from marshmallow import Schema

from service.analytics.expressions import Rows
from service.api.columns import Column
from service.api.store import current_server, current_store, note_version_read, release_session


def rows_response(form: str, rows: Iterable[Sequence[Any]], *, schema: type[Schema], names: Sequence[str]) -> Response:
    """Return `rows`, values of the columns of `schema` called `names`, in `form`."""
    from service.api.exports import batches, tables, types  # noqa: PLC0415 - see above

    columns = types.table_schema(schema, names)
    return tables.table(form, batches.batches_of_rows(rows, columns), columns)


def query_response(
    form: str, query: Rows, *, schema: type[Schema], columns: Sequence[Column], data_version: int
) -> Response:
    """Return all rows of `query` in `form`, streamed, as they stand at `data_version`; to HEAD only headers.

    :raises DataMoved: the data are no longer of that version.
    """
    from service.api.exports import batches, copying, tables, types  # noqa: PLC0415 - see above

    if request.method == "HEAD":
        return tables.nothing_but_headers(form)
    kinds = types.table_schema(schema, [column.name for column in columns])
    release_session()
    engine, around = current_server().export_engine, current_store().copying()
    reading = copying.Reading(engine, data_version=data_version, copying=around)
    note_version_read(data_version)
    needed = sorted({source for column in columns for source in column.sources})
    found = (batches.batch_of_columns(batch, columns, kinds) for batch in reading.batches(query, needed))
    return tables.streamed_table(form, found, kinds, close=reading.close)

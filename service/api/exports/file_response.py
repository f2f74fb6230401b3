"""Responses with a table of rows as a file, complete or streamed."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import pyarrow as pa
from flask import Response, request

from service.api.contract.formats import CONTENT_TYPES
from service.api.exports import csv, ndjson, parquet, xlsx
from service.api.exports.file_names import file_name
from service.api.log_context import add_log_fields

ENCODERS = {"csv": csv.encode, "ndjson": ndjson.encode, "parquet": parquet.encode, "xlsx": xlsx.encode}
MAX_COMPLETE_BYTES = 4 * 1024 * 1024
"""Size up to which a file is completed before it is sent, so that readers know its size and can request parts."""


def file_response(format_name: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Response:
    """Return a response with all rows of `batches` as a file, in the export format `format_name`."""
    all_batches = list(batches)
    add_log_fields(rows=sum(batch.num_rows for batch in all_batches))
    return _set_file_headers(Response(b"".join(ENCODERS[format_name](all_batches, schema))), format_name)


def streamed_file_response(
    format_name: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema, *, close: Callable[[], None]
) -> Response:
    """Return a response that writes its file, in the export format `format_name`, while it is sent.

    `close` is called when the response ends, complete or not. The first batch is read before anything is sent, so that
    an error until then becomes a problem response. A later error aborts the connection: a file that ends without an
    error is complete.
    """
    remaining = iter(batches)
    try:
        first = next(remaining, None)
    except BaseException:
        close()
        raise
    all_batches = remaining if first is None else chain([first], remaining)
    chunks = _ClosingIterator(ENCODERS[format_name](all_batches, schema), close)
    return _set_file_headers(_sized_response(chunks), format_name)


def _sized_response(chunks: "_ClosingIterator") -> Response:
    """Return a complete response, or a streamed one where the file is larger than MAX_COMPLETE_BYTES."""
    first_chunks: list[bytes] = []
    size = 0
    try:
        for chunk in chunks:
            first_chunks.append(chunk)
            size += len(chunk)
            if size > MAX_COMPLETE_BYTES:
                return _streamed_response(first_chunks, chunks)
    except BaseException:
        chunks.close()
        raise
    chunks.close()
    return Response(b"".join(first_chunks))


def _streamed_response(first_chunks: list[bytes], chunks: "_ClosingIterator") -> Response:
    """Return a response that sends chunks as they are written; to HEAD none of them."""
    if request.method == "HEAD":
        chunks.close()
        return Response(iter(()))
    return Response(_ClosingIterator(chain(first_chunks, chunks), chunks.close))


def headers_only_response(format_name: str) -> Response:
    """Return the response to HEAD: the headers of a file in an export format. No rows are read."""
    return _set_file_headers(Response(iter(())), format_name)


class _ClosingIterator(Iterator[bytes]):
    """The chunks of a file, with a function to call when the file is sent or the client has gone."""

    def __init__(self, chunks: Iterator[bytes], close: Callable[[], None]) -> None:
        self._chunks = chunks
        self._close = close

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        self._close()
        # Exports in other threads do not reuse this memory; without the release the process would retain it.
        pa.default_memory_pool().release_unused()


def _set_file_headers(response: Response, format_name: str) -> Response:
    response.content_type = CONTENT_TYPES[format_name]
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name()}.{format_name}"'
    return response

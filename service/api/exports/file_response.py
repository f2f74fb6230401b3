"""A table of rows as a file, sent while it is written or all at once."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import pyarrow as pa
from flask import Response, request

from service.api.contract.formats import CONTENT_TYPES
from service.api.exports import csv, ndjson, parquet
from service.api.log_context import add_log_fields

ENCODERS = {"csv": csv.encode, "ndjson": ndjson.encode, "parquet": parquet.encode}
_UNSAFE_CHARACTERS = re.compile(r"[^A-Za-z0-9]+", re.ASCII)


def file_response(format_name: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Response:
    """Return a file of all `batches`."""
    whole = list(batches)
    add_log_fields(rows=sum(batch.num_rows for batch in whole))
    return _set_file_headers(Response(b"".join(ENCODERS[format_name](whole, schema))), format_name)


def streamed_file_response(
    format_name: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema, *, close: Callable[[], None]
) -> Response:
    """Return a file that is written while it is sent. `close` is called when it is sent, or nobody wants it any more.

    The first batch is made before anything is sent, so that what goes wrong until then is answered with a problem. What
    goes wrong later breaks the connection off: a file that ends without an error is whole.
    """
    remaining = iter(batches)
    try:
        first = next(remaining, None)
    except BaseException:
        close()
        raise
    begun = remaining if first is None else chain([first], remaining)
    return _set_file_headers(Response(_ClosingIterator(ENCODERS[format_name](begun, schema), close)), format_name)


def headers_only_response(format_name: str) -> Response:
    """Return what is answered to HEAD: that there is a file, for which nothing was read."""
    return _set_file_headers(Response(iter(())), format_name)


class _ClosingIterator(Iterator[bytes]):
    """Pieces of a file, and what is to be done before they are let go of, sent or not."""

    def __init__(self, chunks: Iterator[bytes], close: Callable[[], None]) -> None:
        self._chunks = chunks
        self._close = close

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        self._close()
        # Other threads' exports take their memory elsewhere: what this one has had is of no more use.
        pa.default_memory_pool().release_unused()


def _set_file_headers(response: Response, format_name: str) -> Response:
    response.content_type = CONTENT_TYPES[format_name]
    about = [*request.path.split("/")[2:], request.args.get("reporter", "")]
    name = "-".join(part for word in about if (part := _UNSAFE_CHARACTERS.sub("-", word).strip("-")))
    response.headers["Content-Disposition"] = f'attachment; filename="{name[:100]}.{format_name}"'
    return response

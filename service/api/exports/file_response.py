"""A table of rows as a file, sent while it is written or all at once."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import pyarrow as pa
from flask import Response, request

from service.api.exports import csv, ndjson, parquet
from service.api.observability.log_context import note
from service.api.serialization.formats import CONTENT_TYPES

ENCODERS = {"csv": csv.encode, "ndjson": ndjson.encode, "parquet": parquet.encode}
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+", re.ASCII)


def table(form: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Response:
    """Return a file of all `batches`."""
    whole = list(batches)
    note(rows=sum(batch.num_rows for batch in whole))
    return _as_file(Response(b"".join(ENCODERS[form](whole, schema))), form)


def streamed_table(
    form: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema, *, close: Callable[[], None]
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
    return _as_file(Response(_Pieces(ENCODERS[form](begun, schema), close)), form)


def nothing_but_headers(form: str) -> Response:
    """Return what is answered to HEAD: that there is a file, for which nothing was read."""
    return _as_file(Response(iter(())), form)


class _Pieces(Iterator[bytes]):
    """Pieces of a file, and what is to be done before they are let go of, sent or not."""

    def __init__(self, pieces: Iterator[bytes], close: Callable[[], None]) -> None:
        self._pieces = pieces
        self._close = close

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        self._close()
        # Other threads' exports take their memory elsewhere: what this one has had is of no more use.
        pa.default_memory_pool().release_unused()


def _as_file(response: Response, form: str) -> Response:
    response.content_type = CONTENT_TYPES[form]
    about = [*request.path.split("/")[2:], request.args.get("reporter", "")]
    name = "-".join(part for word in about if (part := _NOT_IN_NAMES.sub("-", word).strip("-")))
    response.headers["Content-Disposition"] = f'attachment; filename="{name[:100]}.{form}"'
    return response

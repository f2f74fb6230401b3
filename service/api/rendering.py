"""Rows as JSON in their envelope, or as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from flask import Response, request, stream_with_context

from service.errors import Fault, NotAcceptable

JSON = "application/json"
CSV = "text/csv"
CONTENT_TYPES = {"json": JSON, "csv": f"{CSV}; charset=utf-8"}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

_encoder = msgspec.json.Encoder(decimal_format="number")


def format_asked(named: str | None) -> str:
    """Return the form that `format` names, or else the one that the Accept header likes best.

    :raises NotAcceptable: the Accept header likes none.
    """
    if named:
        return named
    best = request.accept_mimetypes.best_match([JSON, CSV]) if request.accept_mimetypes else JSON
    if best is None:
        accepted = request.headers.get("Accept", "")
        raise NotAcceptable(Fault("Accept", accepted, "the answer is given as JSON or CSV", [JSON, CSV]))
    return "csv" if best == CSV else "json"


def json_response(body: dict[str, Any]) -> Response:
    """Return `body` as JSON; decimals become numbers with all their digits."""
    return Response(_encoder.encode(body), content_type=CONTENT_TYPES["json"])


def csv_response(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> Response:
    """Return a header line and `rows`, streamed as they come."""
    return Response(stream_with_context(_csv_lines(columns, rows)), content_type=CONTENT_TYPES["csv"])


def _csv_lines(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) for value in row.values()])
        if buffer.tell() > 60_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value

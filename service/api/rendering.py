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
MARKDOWN = "text/markdown"
HTML = "text/html"
MEDIA_TYPES = {"json": JSON, "csv": CSV, "markdown": MARKDOWN, "html": HTML}
CONTENT_TYPES = {form: kind if kind == JSON else f"{kind}; charset=utf-8" for form, kind in MEDIA_TYPES.items()}
TABLES = ("json", "csv")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

_encoder = msgspec.json.Encoder(decimal_format="number")


def format_asked(named: str | None, *, forms: Sequence[str] = TABLES) -> str:
    """Return the form that `format` names, or else the one of `forms` that the Accept header likes best.

    :raises NotAcceptable: the Accept header likes none.
    """
    if named:
        return named
    if not request.accept_mimetypes:
        return forms[0]
    by_type = {MEDIA_TYPES[form]: form for form in forms}
    best = request.accept_mimetypes.best_match(list(by_type))
    if best is None:
        accepted, given = request.headers.get("Accept", ""), " or ".join(by_type)
        raise NotAcceptable(Fault("Accept", accepted, f"the answer is given as {given}", list(by_type)))
    return by_type[best]


def json_response(body: dict[str, Any]) -> Response:
    """Return `body` as JSON; decimals become numbers with all their digits."""
    return Response(_encoder.encode(body), content_type=CONTENT_TYPES["json"])


def csv_response(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Return a header line and `rows`, streamed as they come."""
    return Response(stream_with_context(_csv_lines(columns, rows)), content_type=CONTENT_TYPES["csv"])


def _csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
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

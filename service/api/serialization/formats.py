"""The forms of answers, which of them a request wants, and the one that most do: JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Response, request

from service.api.observability.log_context import add_log_fields
from service.api.security.authentication import require_bulk_scope
from service.errors import NotAcceptable, ParameterError

JSON = "application/json"


@dataclass(frozen=True)
class Format:
    """A form of answers: its media type, and what an answer holds in it."""

    media_type: str
    description: str

    @property
    def content_type(self) -> str:
        """Return the media type, with the encoding where it is not the only one."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


FORMATS = {
    "json": Format(JSON, "The rows in their envelope."),
    "csv": Format("text/csv", "The rows alone, with a header line."),
    "ndjson": Format("application/x-ndjson", "The rows alone, each a JSON object in a line of its own."),
    "parquet": Format("application/vnd.apache.parquet", "The rows alone, in typed columns."),
    "markdown": Format("text/markdown", "The sentences with their links."),
    "html": Format("text/html", "The sentences with their links, and charts: a page to read and to print."),
}
TABLE_FORMATS = ("json", "csv", "ndjson", "parquet")
"""Forms of what has rows and columns."""
BARE_ROW_FORMATS = TABLE_FORMATS[1:]
"""Those without an envelope, which give all rows where no `limit` is asked for."""
CONTENT_TYPES = {name: form.content_type for name, form in FORMATS.items()}

_encoder = msgspec.json.Encoder(decimal_format="number")


def negotiate_format(requested_format: str | None, *, supported_formats: Sequence[str] = TABLE_FORMATS) -> str:
    """Return the form that `format` names, or else the one of `forms` that the Accept header likes best.

    :raises NotAcceptable: the Accept header likes none.
    :raises KeyNotEnough: the key that was sent does not open that form.
    """
    form = _select_format(requested_format, supported_formats)
    if form in BARE_ROW_FORMATS:
        require_bulk_scope(form)
    return form


def _select_format(requested_format: str | None, supported_formats: Sequence[str]) -> str:
    if requested_format:
        return requested_format
    if not request.accept_mimetypes:
        return supported_formats[0]
    by_type = {FORMATS[form].media_type: form for form in supported_formats}
    best = request.accept_mimetypes.best_match(list(by_type))
    if best is None:
        raise NotAcceptable(not_acceptable_error(request.headers.get("Accept", ""), supported_formats))
    return by_type[best]


def not_acceptable_error(accept_header: str, supported_formats: Sequence[str]) -> ParameterError:
    """Return what is wrong with an Accept header that likes none of `forms`."""
    media_types = [FORMATS[form].media_type for form in supported_formats]
    return ParameterError("Accept", accept_header, f"the answer is given as {' or '.join(media_types)}", media_types)


def json_response(body: dict[str, Any]) -> Response:
    """Return `body` as JSON; decimals become numbers with all their digits."""
    if isinstance(body.get("data"), list):
        add_log_fields(rows=len(body["data"]))
    return Response(_encoder.encode(body), content_type=CONTENT_TYPES["json"])

"""Formats of responses, and their negotiation."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from flask import request
from werkzeug.datastructures import MIMEAccept

from service.errors import NotAcceptable, ParameterError

JSON = "application/json"


@dataclass(frozen=True)
class Format:
    """A format of responses: its media type, and a description of the content."""

    media_type: str
    description: str

    @property
    def content_type(self) -> str:
        """Return the value of the header Content-Type: the media type, with the character encoding of a text format."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


FORMATS = {
    "json": Format(JSON, "The rows in their envelope."),
    "csv": Format("text/csv", "The rows alone, with a header line."),
    "ndjson": Format("application/x-ndjson", "The rows alone, each a JSON object on a line of its own."),
    "parquet": Format("application/vnd.apache.parquet", "The rows alone, in typed columns."),
    "xlsx": Format(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "The rows in a sheet, codes as text, with a sheet of sources.",
    ),
    "markdown": Format("text/markdown", "The sentences with their links."),
    "html": Format("text/html", "A page to read and to print."),
    "svg": Format("image/svg+xml", "A chart of the rows, to be scaled to any size."),
    "png": Format("image/png", "A chart of the rows, in twice as many pixels as its width."),
    "vega-lite": Format("application/vnd.vegalite.v6+json", "The Vega-Lite specification of the chart."),
}
TABLE_FORMATS = ("json", "csv", "ndjson", "parquet", "xlsx")
"""Formats of tables."""
BARE_ROW_FORMATS = TABLE_FORMATS[1:]
"""Formats of tables without an envelope; without a `limit` they have all rows."""
CHART_FORMATS = ("svg", "png", "vega-lite")
"""Formats of charts."""
EXPLORER_FORMATS = (*TABLE_FORMATS, "html")
"""Formats of tables with a page."""
CHARTED_FORMATS = (*EXPLORER_FORMATS, *CHART_FORMATS)
"""Formats of tables with a page and a chart."""
CONTENT_TYPES = {name: each.content_type for name, each in FORMATS.items()}

encode_json = msgspec.json.Encoder(decimal_format="number").encode
"""Return a value as JSON; decimals become numbers with all their digits."""


def negotiate_format(requested_format: str | None, *, supported_formats: Sequence[str] = TABLE_FORMATS) -> str:
    """Return the requested format; where it is null, the one of `supported_formats` that the Accept header prefers.

    :raises NotAcceptable: the Accept header accepts none of them.
    """
    if requested_format:
        return requested_format
    if not request.accept_mimetypes:
        return supported_formats[0]
    format_names = {FORMATS[name].media_type: name for name in supported_formats}
    best = _accepted_media_types().best_match(list(format_names))
    if best is None:
        raise NotAcceptable(not_acceptable_error(request.headers.get("Accept", ""), supported_formats))
    return format_names[best]


def _accepted_media_types() -> MIMEAccept:
    """Return the media types of the Accept header, without parameters such as the encoding; `*` means all."""
    accepted = [(media_type.partition(";")[0], quality) for media_type, quality in request.accept_mimetypes]
    return MIMEAccept([("*/*" if media_type == "*" else media_type, quality) for media_type, quality in accepted])


def not_acceptable_error(accept_header: str, supported_formats: Sequence[str]) -> ParameterError:
    """Return the error for an Accept header that accepts none of `supported_formats`."""
    media_types = [FORMATS[name].media_type for name in supported_formats]
    return ParameterError(
        "Accept", accept_header, f"the response is available as {' or '.join(media_types)}", media_types
    )

"""The forms of answers, which of them a request wants, and the one that most do: JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Response, request

from service.api.observability.log_context import note
from service.api.security.authentication import allow_whole
from service.errors import Fault, NotAcceptable

JSON = "application/json"


@dataclass(frozen=True)
class Form:
    """A form of answers: its media type, and what an answer holds in it."""

    media_type: str
    holds: str

    @property
    def content_type(self) -> str:
        """Return the media type, with the encoding where it is not the only one."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


FORMS = {
    "json": Form(JSON, "The rows in their envelope."),
    "csv": Form("text/csv", "The rows alone, with a header line."),
    "ndjson": Form("application/x-ndjson", "The rows alone, each a JSON object in a line of its own."),
    "parquet": Form("application/vnd.apache.parquet", "The rows alone, in typed columns."),
    "markdown": Form("text/markdown", "The sentences with their links."),
    "html": Form("text/html", "The sentences with their links, and charts: a page to read and to print."),
}
TABLES = ("json", "csv", "ndjson", "parquet")
"""Forms of what has rows and columns."""
ROWS_ALONE = TABLES[1:]
"""Those without an envelope, which give all rows where no `limit` is asked for."""
CONTENT_TYPES = {name: form.content_type for name, form in FORMS.items()}

_encoder = msgspec.json.Encoder(decimal_format="number")


def format_asked(named: str | None, *, forms: Sequence[str] = TABLES) -> str:
    """Return the form that `format` names, or else the one of `forms` that the Accept header likes best.

    :raises NotAcceptable: the Accept header likes none.
    :raises KeyNotEnough: the key that was sent does not open that form.
    """
    form = _form_asked(named, forms)
    if form in ROWS_ALONE:
        allow_whole(form)
    return form


def _form_asked(named: str | None, forms: Sequence[str]) -> str:
    if named:
        return named
    if not request.accept_mimetypes:
        return forms[0]
    by_type = {FORMS[form].media_type: form for form in forms}
    best = request.accept_mimetypes.best_match(list(by_type))
    if best is None:
        raise NotAcceptable(unacceptable(request.headers.get("Accept", ""), forms))
    return by_type[best]


def unacceptable(accepted: str, forms: Sequence[str]) -> Fault:
    """Return what is wrong with an Accept header that likes none of `forms`."""
    media_types = [FORMS[form].media_type for form in forms]
    return Fault("Accept", accepted, f"the answer is given as {' or '.join(media_types)}", media_types)


def json_response(body: dict[str, Any]) -> Response:
    """Return `body` as JSON; decimals become numbers with all their digits."""
    if isinstance(body.get("data"), list):
        note(rows=len(body["data"]))
    return Response(_encoder.encode(body), content_type=CONTENT_TYPES["json"])

"""The description of the API, OpenAPI 3.1, generated from the code."""

import json
from importlib.metadata import version
from typing import Any

import flask_smorest
import msgspec
from flask import Flask, Response

from service.api.rendering import JSON, MEDIA_TYPES

EXTENSION = "tradeflows.description"
ABOUT = """\
[The first page](/) says what is loaded and offers questions to click.

International trade statistics: flows, partners and commodities, with growth computed in every answer, from the
official figures, at any date's state of knowledge.

Percentages are numbers of percent and end in `_pct`; percentage points end in `_pp`; both are rounded half-even to
4 decimals. Values are in units of the row's `currency`. Codes are text. Every breakdown defaults to its total.
An unknown parameter or code is refused with a suggestion, never ignored.
"""


PARAMETER_ORDER = (
    "reporter",
    "partner",
    "flow",
    "commodity",
    "level",
    "parent",
    "search",
    "period",
    "frequency",
    "as_of",
    "currency",
    "base",
    "fx",
    "classification",
    "dataset",
    "mirror_dataset",
    "top",
    "sort",
    "limit",
    "rest",
    "cursor",
    "count",
    "fields",
    "labels",
    "format",
)
"""What is asked first, and how it shall look last: the order in which a person reads them."""

FORMS = {
    "csv": "The rows alone, with a header line.",
    "markdown": "The sentences with their links.",
    "html": "The sentences with their links, and charts: a page to read and to print.",
}
"""What an answer holds in other forms than JSON."""

HEADERS = {
    "ETag": "Tag of this answer, to be sent as If-None-Match.",
    "Link": "Address of the next page, with rel=next (RFC 8288); absent on the last.",
    "X-Request-ID": "Number of the request, as in the service's log.",
}


def init_description(app: Flask) -> flask_smorest.Api:
    """Serve /openapi.json, and return the API that blueprints register with."""
    app.config |= {
        "API_TITLE": "tradeflows",
        "API_VERSION": version("tradeflows"),
        "OPENAPI_VERSION": "3.1.0",
    }
    api = _Api(
        app,
        spec_kwargs={
            "info": {"description": ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
            "servers": [{"url": "/", "description": "This service"}],
        },
    )
    app.extensions[EXTENSION] = api
    app.add_url_rule("/openapi.json", "openapi_json", lambda: _served(app))
    return api


def description(app: Flask) -> dict[str, Any]:
    """Return the description of `app` as it is served."""
    document: dict[str, Any] = app.extensions[EXTENSION].spec.to_dict()
    document["paths"] = dict(sorted(document["paths"].items()))
    for item in document["paths"].values():
        _complete(item["get"])
    document["components"] = {"schemas": dict(sorted(document["components"]["schemas"].items()))}
    for unused in ("Error", "PaginationMetadata"):
        document["components"]["schemas"].pop(unused, None)
    return document


def _complete(operation: dict[str, Any]) -> None:
    """Add to an operation what all have in common: CSV, the answer that was not sent again, and headers."""
    operation["parameters"].sort(key=lambda parameter: PARAMETER_ORDER.index(parameter["name"]))
    responses = operation["responses"]
    responses.pop("default", None)
    for form in _forms(operation):
        if form in FORMS:
            responses["200"]["content"][MEDIA_TYPES[form]] = {"schema": {"type": "string", "description": FORMS[form]}}
    responses["200"]["headers"] = {name: _header(text) for name, text in HEADERS.items()}
    responses["304"] = {"description": "The client holds this answer already (If-None-Match)."}
    operation["responses"] = dict(sorted(responses.items()))


def _forms(operation: dict[str, Any]) -> list[str]:
    """Return the forms that the parameter `format` of the operation names."""
    (form,) = (parameter for parameter in operation["parameters"] if parameter["name"] == "format")
    forms: list[str] = form["schema"]["enum"]
    return forms


def _header(text: str) -> dict[str, Any]:
    return {"description": text, "schema": {"type": "string"}}


def description_text(app: Flask) -> str:
    """Return the description as it is committed in openapi/v1.json."""
    return json.dumps(description(app), indent=2, ensure_ascii=False, sort_keys=False) + "\n"


class _Api(flask_smorest.Api):
    """An API that leaves errors to api/problems.py."""

    def _register_error_handlers(self) -> None:
        pass


def _served(app: Flask) -> Response:
    return Response(msgspec.json.encode(description(app)), content_type=JSON)

"""The OpenAPI 3.1 document of the API, generated from the code."""

import json
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from importlib.metadata import version
from typing import Any

import flask_smorest
import msgspec
from flask import Flask, Response, current_app

from service.api.blueprint import Blueprint
from service.api.contract.formats import FORMATS, JSON
from service.api.data_version import DATA_VERSION_HEADER
from service.api.openapi.components import add_components
from service.api.openapi.enums import item_operations, reference_shared_enums
from service.api.security.authentication import authentication_enabled, requires_api_key
from service.api.serialization.columns import UNSORTABLE_COLUMNS

OPENAPI_EXTENSION = "tradeflows.openapi"
API_DESCRIPTION = """\
[The landing page](/) lists the loaded data and has example requests.

International trade statistics as published on any date: the parameter `as_of` returns the figures, and their growth, as
they were known on that day. Every response has growth, and its source.

Percentages are numbers of percent and end in `_pct`; percentage points end in `_pp`; both are rounded half-even to
4 decimals. Values are in units of the row's `currency`. Codes are text. Every breakdown defaults to its total.
An unknown parameter or code is rejected, with the correct spelling where it is certain.
"""


PARAMETER_ORDER = (
    "reporter",
    "partner",
    "flow",
    "commodity",
    "level",
    "parent",
    "search",
    "kind",
    "topic",
    "event",
    "period",
    "until",
    "startPeriod",
    "endPeriod",
    "firstNObservations",
    "lastNObservations",
    "updatedAfter",
    "includeHistory",
    "frequency",
    "as_of",
    "asOf",
    "composition",
    "currency",
    "base",
    "fx",
    "classification",
    "target",
    "dataset",
    "mirror_dataset",
    "world",
    "named",
    "claimed",
    "claimed_currency",
    "top",
    "sort",
    "limit",
    "residual",
    "cursor",
    "count",
    "fields",
    "labels",
    "detail",
    "dimensionAtObservation",
    "references",
    "format",
    "chart",
    "width",
    "theme",
    "title",
    DATA_VERSION_HEADER,
)
"""Parameters in the order of the document: those that select rows first, those of the presentation last."""

SECURITY_SCHEME_NAME = "key"
BEARER_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key of this service; required only where authentication is enabled (TRADEFLOWS_AUTH=key).",
}

blueprint = Blueprint("openapi", __name__, description="The OpenAPI document of the service.")


def register_resources(app: Flask, blueprints: Iterable[Blueprint]) -> None:
    """Register `blueprints` with `app`, whose OpenAPI document describes them."""
    app.extensions[OPENAPI_EXTENSION] = tuple(blueprints)
    for each in app.extensions[OPENAPI_EXTENSION]:
        app.register_blueprint(each)


@cache
def _describe(blueprints: tuple[Blueprint, ...], *, requires_key: bool) -> dict[str, Any]:
    """Return what flask-smorest says of `blueprints`.

    Its application serves no requests: a service starts sooner if the document is made when it is first requested.
    """
    app = Flask(__name__)
    app.config |= {
        "API_TITLE": "tradeflows",
        "API_VERSION": version("tradeflows"),
        "OPENAPI_VERSION": "3.1.0",
    }
    api = _Api(
        app,
        spec_kwargs={
            "info": {
                "description": API_DESCRIPTION,
                "contact": {"name": "Operator of this service"},
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/", "description": "This service"}],
            "security": [{SECURITY_SCHEME_NAME: []}] if requires_key else [{}, {SECURITY_SCHEME_NAME: []}],
        },
    )
    add_components(api.spec.components)
    api.spec.components.security_scheme(SECURITY_SCHEME_NAME, BEARER_SCHEME)
    for each in blueprints:
        api.register_blueprint(each)
    document: dict[str, Any] = api.spec.to_dict()
    return document


@blueprint.get_route(
    "/openapi.json",
    {"type": "object", "description": "An OpenAPI document.", "additionalProperties": True},
    description="The OpenAPI 3.1 document.",
)
def get_openapi() -> Response:
    """This document.

    OpenAPI 3.1, generated from the code of the service, for client generators and for /docs.
    """
    return Response(msgspec.json.encode(openapi_document(current_app)), content_type=JSON)


def openapi_document(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of `app`."""
    document: dict[str, Any] = deepcopy(
        _describe(app.extensions[OPENAPI_EXTENSION], requires_key=authentication_enabled(app))
    )
    document["paths"] = dict(sorted(document["paths"].items()))
    components = document["components"]
    for unused_schema in ("Error", "PaginationMetadata"):
        components["schemas"].pop(unused_schema, None)
    for path, item in document["paths"].items():
        for operation in item_operations(item):
            _finish_operation(operation, components["schemas"])
            if not requires_api_key(path):
                operation["security"] = []
    reference_shared_enums(document)
    document["components"] = {
        name: dict(sorted(components[name].items())) for name in ("schemas", "responses", "headers", "securitySchemes")
    }
    return document


def _finish_operation(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Add examples and formats to an operation, and sort its parameters and responses."""
    parameters, responses = operation.get("parameters", []), operation["responses"]
    responses.pop("default", None)
    parameters.sort(key=lambda parameter: PARAMETER_ORDER.index(parameter["name"]))
    columns = _example_columns(responses["200"], schemas)
    for parameter in parameters:
        _add_examples(parameter, columns)
        if parameter["name"] == "format":
            responses["200"]["content"] |= dict(map(_format_content, parameter["schema"]["enum"][1:]))
    operation["responses"] = dict(sorted(responses.items()))


def _format_content(format_name: str) -> tuple[str, dict[str, Any]]:
    """Return the media type of a format, and the description of its content."""
    response_format = FORMATS[format_name]
    schema = {"type": "string", "description": response_format.description}
    return response_format.media_type, {"schema": schema}


def _example_columns(response: dict[str, Any], schemas: dict[str, Any]) -> list[str]:
    """Return the numeric columns of the rows of a response, or all columns where none is numeric."""
    content = next(iter(response["content"].values()))
    page = schemas.get(content["schema"].get("$ref", "").rpartition("/")[2], {})
    if "data" not in page.get("properties", {}):
        return []
    row = schemas[page["properties"]["data"]["items"]["$ref"].rpartition("/")[2]]["properties"]
    numeric_columns = [
        name
        for name, field in row.items()
        if {"integer", "number"} & set(field.get("type", ())) and name not in UNSORTABLE_COLUMNS
    ]
    return numeric_columns or list(row)


def _add_examples(parameter: dict[str, Any], columns: list[str]) -> None:
    """Set the example of a parameter: `example` if a first request needs it, `examples` otherwise.

    Swagger UI fills in only `example`.
    """
    schema = parameter["schema"]
    for keyword in ("example", "deprecated", "x-sunset"):
        if keyword in schema:
            parameter[keyword] = schema.pop(keyword)
    if parameter["name"] == "fields":
        preferred = [name for name in columns if name.endswith(("value", "_pct"))]
        schema["examples"] = [",".join((preferred or columns)[:2])]
    if parameter["name"] == "sort":
        schema["examples"] = [f"-{columns[0]}"]


def openapi_json(app: Flask) -> str:
    """Return the OpenAPI document as text, as committed in openapi/v1.json."""
    return json.dumps(openapi_document(app), indent=2, ensure_ascii=False, sort_keys=False) + "\n"


class _Api(flask_smorest.Api):
    """An API without a default error response: each route describes its own."""

    DEFAULT_ERROR_RESPONSE_NAME = ""

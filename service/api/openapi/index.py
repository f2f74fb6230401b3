"""GET /v1: the index of all resources, each with one sentence and an example, from the OpenAPI document."""

from typing import Any
from urllib.parse import quote

from flask import Response, current_app
from marshmallow import Schema

from service.api.blueprint import Blueprint
from service.api.contract.fields import string_field
from service.api.database.context import Context
from service.api.openapi.document import openapi_document
from service.api.parameters.common import PresentationParams
from service.api.parameters.request import DataRequest, build_url
from service.api.responses.list_resource import ListResource, ListRows
from service.api.responses.respond import respond

blueprint = Blueprint("index", __name__, description="The index of all resources.")


class IndexParams(PresentationParams):
    """Parameters of /v1."""


class IndexRow(Schema):
    """A row of /v1: a resource with an example."""

    path = string_field("Path of the resource; `{code}` stands for a code.", "/v1/groups", required=True)
    method = string_field("HTTP method of the resource.", "GET", required=True)
    summary = string_field("Content of the resource.", "Groups of countries, with their members on a day.")
    example = string_field(
        "URL of an example without a host, for the figures of the demo; the documentation for POST.", "/v1/groups"
    )


def index_rows(_context: Context, _request: DataRequest) -> ListRows:
    """Return a row for each operation in the OpenAPI document, ordered by path."""
    return ListRows(
        [
            {
                "path": path,
                "method": method.upper(),
                "summary": item[method]["summary"],
                "example": _example_url(path, item) if method == "get" else _documentation_url(item[method]),
            }
            for path, item in openapi_document(current_app)["paths"].items()
            for method in ("get", "post")
            if method in item
        ]
    )


INDEX = ListResource(IndexRow, ("path", "method"), index_rows)


@blueprint.table_route("/v1", params=IndexParams, row_schema=IndexRow)
def list_resources(parameters: dict[str, Any]) -> Response:
    """Index of all resources.

    Each has one sentence and an example; the examples of figures are about the demo.
    """
    return respond(INDEX, parameters)


def _example_url(path: str, item: dict[str, Any]) -> str:
    """Return the URL with the examples of the parameters that a first request needs."""
    parameters = [*item.get("parameters", ()), *item["get"].get("parameters", ())]
    examples = {each["name"]: (each["in"], str(each["example"])) for each in parameters if "example" in each}
    codes = {name: quote(text) for name, (location, text) in examples.items() if location == "path"}
    query = {name: text for name, (location, text) in examples.items() if location == "query"}
    return build_url(path.format(**codes), query)


def _documentation_url(operation: dict[str, Any]) -> str:
    return f"/docs#/{operation['tags'][0]}/{operation['operationId']}"

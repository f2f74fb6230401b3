"""Deprecated operations and parameters are announced in their responses and in the OpenAPI document."""

import json
from datetime import date

import pytest
from flask import Flask, Response
from marshmallow import Schema

from service.api.blueprint import Blueprint
from service.api.contract.fields import string_field
from service.api.http.deprecation import Deprecation
from service.api.openapi.document import openapi_document, register_resources
from service.api.parameters.types import Text
from service.api.problems.handlers import init_problems
from service.api.security.authentication import init_access_control
from service.config import PUBLIC_ACCESS

OPERATION_DEPRECATION = Deprecation(
    deprecated_on=date(2026, 12, 1), last_day=date(2027, 6, 30), guide_url="/problems/old-operation"
)
PARAMETER_DEPRECATION = Deprecation(
    deprecated_on=date(2027, 1, 1), last_day=date(2027, 3, 31), guide_url="/problems/old-parameter"
)
OPERATION_HEADERS = ("@1796083200", "Thu, 01 Jul 2027 00:00:00 GMT", '</problems/old-operation>; rel="deprecation"')
PARAMETER_HEADERS = ("@1798761600", "Thu, 01 Apr 2027 00:00:00 GMT", '</problems/old-parameter>; rel="deprecation"')
NO_HEADERS = (None, None, None)


class Params(Schema):
    fields = Text(metadata={"description": "Columns.", "examples": ["a"]})
    parent = Text(metadata={"description": "A part.", "examples": ["b"]} | PARAMETER_DEPRECATION.metadata)


class Row(Schema):
    a = string_field("A column.", "a", required=True)


@pytest.fixture(scope="module")
def app():
    blueprint = Blueprint("made-up", __name__, description="Made up.")

    @blueprint.table_route("/current", params=Params, row_schema=Row)
    def list_current(_parameters):
        """Current rows.

        They stay.
        """
        return Response("{}", headers={"Link": '</next>; rel="next"'})

    @blueprint.table_route("/old", params=Params, row_schema=Row, deprecation=OPERATION_DEPRECATION)
    def list_old(_parameters):
        """Old rows.

        They go.
        """
        return Response("{}")

    app = Flask("made-up")
    init_access_control(app, PUBLIC_ACCESS)
    init_problems(app)
    register_resources(app, [blueprint])
    return app


@pytest.mark.parametrize(
    ("address", "status", "expected_headers"),
    [
        ("/current", 200, NO_HEADERS),
        ("/current?fields=a", 200, NO_HEADERS),
        ("/current?parent=b", 200, PARAMETER_HEADERS),
        ("/old", 200, OPERATION_HEADERS),
        ("/old?parent=b", 200, PARAMETER_HEADERS),  # which goes first
    ],
)
def test_a_response_announces_deprecations(app, address, status, expected_headers):
    answer = app.test_client().get(address)

    links = [link for link in answer.headers.getlist("Link") if "deprecation" in link]
    found = (answer.headers.get("Deprecation"), answer.headers.get("Sunset"), links[0] if links else None)
    assert (answer.status_code, found) == (status, expected_headers)


def test_the_next_page_link_is_preserved(app):
    assert '</next>; rel="next"' in app.test_client().get("/current?parent=b").headers.getlist("Link")


def test_the_openapi_document_has_deprecations_and_sunset_dates(app):
    with app.app_context():
        document = json.loads(json.dumps(openapi_document(app)))
    current, old = (document["paths"][path]["get"] for path in ("/current", "/old"))
    parameters = {parameter["name"]: parameter for parameter in current["parameters"]}

    assert (old["deprecated"], old["x-sunset"]) == (True, "2027-06-30")
    assert "deprecated" not in current
    assert (parameters["parent"]["deprecated"], parameters["parent"]["x-sunset"]) == (True, "2027-03-31")
    assert "deprecated" not in parameters["fields"]
    assert {"Deprecation", "Sunset"} <= set(current["responses"]["200"]["headers"])

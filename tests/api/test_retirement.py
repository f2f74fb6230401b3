"""What is to go is announced in every answer that uses it, and in the description."""

import json
from datetime import date

import pytest
from flask import Flask, Response
from marshmallow import Schema

from service.api.blueprint import Blueprint
from service.api.contract.fields import text
from service.api.http.deprecation import Retirement
from service.api.openapi.document import description, init_description
from service.api.parameters.types import Text
from service.api.problems.handlers import init_problems
from service.api.security.authentication import init_access
from service.config import OPEN_TO_ALL

OPERATION = Retirement(since=date(2026, 12, 1), last_day=date(2027, 6, 30), instead="/problems/old-operation")
PARAMETER = Retirement(since=date(2027, 1, 1), last_day=date(2027, 3, 31), instead="/problems/old-parameter")
OF_OPERATION = ("@1796083200", "Thu, 01 Jul 2027 00:00:00 GMT", '</problems/old-operation>; rel="deprecation"')
OF_PARAMETER = ("@1798761600", "Thu, 01 Apr 2027 00:00:00 GMT", '</problems/old-parameter>; rel="deprecation"')
NOTHING = (None, None, None)


class Params(Schema):
    fields = Text(metadata={"description": "Columns.", "examples": ["a"]})
    parent = Text(metadata={"description": "A part.", "examples": ["b"]} | PARAMETER.metadata)


class Row(Schema):
    a = text("A column.", "a", required=True)


@pytest.fixture(scope="module")
def app():
    blueprint = Blueprint("made-up", __name__, description="Made up.")

    @blueprint.answers("/current", params=Params, row=Row)
    def list_current(_parameters):
        """Current rows.

        They stay.
        """
        return Response("{}", headers={"Link": '</next>; rel="next"'})

    @blueprint.answers("/old", params=Params, row=Row, retired=OPERATION)
    def list_old(_parameters):
        """Old rows.

        They go.
        """
        return Response("{}")

    app = Flask("made-up")
    init_access(app, OPEN_TO_ALL)
    init_problems(app)
    init_description(app).register_blueprint(blueprint)
    return app


@pytest.mark.parametrize(
    ("address", "status", "announced"),
    [
        ("/current", 200, NOTHING),
        ("/current?fields=a", 200, NOTHING),
        ("/current?parent=b", 200, OF_PARAMETER),
        ("/current?parent=b&unknown=c", 422, OF_PARAMETER),
        ("/old", 200, OF_OPERATION),
        ("/old?unknown=c", 422, OF_OPERATION),
        ("/old?parent=b", 200, OF_PARAMETER),  # which goes first
    ],
)
def test_an_answer_announces_what_of_it_is_to_go(app, address, status, announced):
    answer = app.test_client().get(address)

    links = [link for link in answer.headers.getlist("Link") if "deprecation" in link]
    found = (answer.headers.get("Deprecation"), answer.headers.get("Sunset"), links[0] if links else None)
    assert (answer.status_code, found) == (status, announced)


def test_the_link_to_the_next_page_stays(app):
    assert '</next>; rel="next"' in app.test_client().get("/current?parent=b").headers.getlist("Link")


def test_the_description_tells_what_is_to_go_and_until_when(app):
    with app.app_context():
        document = json.loads(json.dumps(description(app)))
    current, old = (document["paths"][path]["get"] for path in ("/current", "/old"))
    parameters = {parameter["name"]: parameter for parameter in current["parameters"]}

    assert (old["deprecated"], old["x-sunset"]) == (True, "2027-06-30")
    assert "deprecated" not in current
    assert (parameters["parent"]["deprecated"], parameters["parent"]["x-sunset"]) == (True, "2027-03-31")
    assert "deprecated" not in parameters["fields"]
    assert {"Deprecation", "Sunset"} <= set(current["responses"]["200"]["headers"])

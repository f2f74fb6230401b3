"""The description is generated, committed, valid, and complete; its examples work on the demo."""

import copy
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from service.api.openapi.document import description_text
from tests.completeness import examples_of, lacking, operations, parameters_of

COMMITTED = Path(__file__).parents[2] / "openapi" / "v1.json"
FOR_PEOPLE = ("/", "/docs", "/docs/")
"""Pages, which no client is generated for."""
NEEDS = {"fx": {"currency": "USD"}, "rest": {"level": "1"}}
"""What has to be asked for besides, so that a parameter means something."""
EXAMPLES_OF_MORE_THAN_THE_DEMO = {("/v1/mirror", "mirror_dataset")}
ROWS = re.compile(r"schemas/(\w+Page)")
ONLY_WHERE_SOMETHING_FAILS = {"400", "414", "429", "431", "500", "503", "504"}
ONLY_WHERE_KEYS_ARE_ASKED_FOR = {"401", "403"}


@pytest.fixture(scope="module")
def document():
    return json.loads(COMMITTED.read_text("utf-8"))


def test_the_committed_description_is_that_of_the_code(demo):
    assert COMMITTED.read_text("utf-8") == description_text(demo.application), "run `make openapi`"


def test_the_service_serves_the_committed_description(demo, document):
    assert demo.get("/openapi.json").json == document


def test_the_description_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_address_is_described_but_for_pages(demo, document):
    rules = {rule.rule.replace("<", "{").replace(">", "}") for rule in demo.application.url_map.iter_rules()}
    described = set(document["paths"])

    assert {rule for rule in rules - described if not rule.startswith(FOR_PEOPLE[1:]) and rule != "/"} == set()
    assert described <= rules


def test_nothing_is_missing_in_the_description(document):
    assert lacking(document) == []


@pytest.mark.parametrize(
    ("place", "without", "line"),
    [
        (("info",), "contact", "info: contact"),
        (("tags", 0), "description", "tag flows: described and used"),
        (("paths", "/v1/flows", "get"), "operationId", "/v1/flows: operationId"),
        (("paths", "/v1/flows", "get"), "summary", "/v1/flows: summary"),
        (("paths", "/v1/flows", "get"), "description", "/v1/flows: description"),
        (("paths", "/v1/flows", "get", "parameters", 0), "description", "/v1/flows reporter: description"),
        (("paths", "/v1/flows", "get", "parameters", 0), "example", "/v1/flows reporter: example"),
        (("paths", "/v1/partners/{code}", "parameters", 0), "example", "/v1/partners/{code} code: example"),
        (("paths", "/v1/flows", "get", "responses"), "500", "/v1/flows: response 500"),
        (("paths", "/v1/flows", "get", "responses", "200"), "headers", "/v1/flows 200: headers"),
        (
            ("components", "responses", "CursorExpired", "content", "application/problem+json"),
            "examples",
            "/v1/flows 410: example problem",
        ),
        (("components", "headers", "ETag"), "example", "header ETag: example"),
        (("components", "schemas", "FlowRow", "properties", "value"), "example", "FlowRow.value: example"),
        (("components", "schemas", "Links", "properties", "self"), "description", "Links.self: description"),
        (
            ("components", "schemas", "FlowRowPage", "properties", "meta"),
            "description",
            "FlowRowPage.meta: description",
        ),
    ],
)
def test_what_is_missing_is_seen(document, place, without, line):
    broken = copy.deepcopy(document)
    part = broken
    for step in place:
        part = part[step]
    del part[without]

    assert line in lacking(broken)


@pytest.mark.parametrize(
    ("field", "text", "line"),
    [
        ("yoy_pct", "Growth. Null where unknown.", "FlowRow.yoy_pct: the unit, percent"),
        ("value", "Value. Null where unknown.", "FlowRow.value: the unit, `currency`"),
        ("value", "Value in `currency`.", "FlowRow.value: the meaning of null, where it may be null"),
        ("partner", "With whom. Null for none.", "FlowRow.partner: the meaning of null, where it may be null"),
    ],
)
def test_a_unit_and_a_null_without_a_word_are_seen(document, field, text, line):
    broken = copy.deepcopy(document)
    broken["components"]["schemas"]["FlowRow"]["properties"][field]["description"] = text

    assert line in lacking(broken)


def test_an_enumeration_that_stands_twice_without_a_name_is_seen(document):
    broken = copy.deepcopy(document)
    for name in ("FlowRow", "SeriesRow"):
        broken["components"]["schemas"][name]["properties"]["flow"] |= {"enum": ["X", "M"]}

    assert "enumeration X, M: a name" in lacking(broken)


def test_an_example_of_another_kind_is_seen(document):
    broken = copy.deepcopy(document)
    broken["components"]["schemas"]["FlowRow"]["properties"]["value"]["example"] = "much"

    assert lacking(broken) == ["FlowRow.value: an example of its kind"]


def first_request(document, path):
    """Return what Swagger UI asks for, with nothing filled in by hand: the path and its query."""
    examples = {p["name"]: p["example"] for p in parameters_of(document, path) if "example" in p}
    return path.format(**examples), {name: value for name, value in examples.items() if f"{{{name}}}" not in path}


def test_the_example_of_every_operation_works_on_the_demo(demo, document):
    for path, operation in operations(document):
        address, question = first_request(document, path)
        answer = demo.get(address, query_string=question)
        assert answer.status_code == 200, (path, answer.text)
        assert answer.mimetype in operation["responses"]["200"]["content"], path
        assert not answer.is_json or answer.json.get("data") != [], path


def test_what_the_demo_does_not_hold_is_refused_by_its_name(demo, document):
    # It holds one reporter, and no report of its partners.
    for path, name in EXAMPLES_OF_MORE_THAN_THE_DEMO:
        address, question = first_request(document, path)
        (parameter,) = (p for p in parameters_of(document, path) if p["name"] == name)
        answer = demo.get(address, query_string=question | {name: examples_of(parameter)[0]})
        assert [fault["parameter"] for fault in answer.json["errors"]] == [name]


def cursor_of(demo, address, question):
    """Return where the second page begins; null where there is one only."""
    following = demo.get(address, query_string=question | {"limit": 1}).json["links"]["next"]
    return parse_qs(urlsplit(following).query)["cursor"][0] if following else None


def test_the_examples_of_every_parameter_work_on_the_demo(demo, document):
    for path, _ in operations(document):
        address, question = first_request(document, path)
        for parameter in parameters_of(document, path):
            name = parameter["name"]
            for example in examples_of(parameter):
                # A cursor holds to the data and the question it began with, so that none is an example for all.
                value = cursor_of(demo, address, question) if name == "cursor" else example
                if value is None or parameter["in"] == "path" or (path, name) in EXAMPLES_OF_MORE_THAN_THE_DEMO:
                    continue
                written = {name: str(value).lower() if isinstance(value, bool) else value}
                sent = {"headers": written} if parameter["in"] == "header" else {}
                asked = question | NEEDS.get(name, {}) | ({} if sent else written)
                answer = demo.get(address, query_string=asked, **sent)
                assert answer.status_code == 200, (path, written, answer.text)


def test_the_example_of_a_row_is_what_the_demo_answers(demo, document):
    question = {"reporter": "JPN", "partner": "CHN", "flow": "X", "period": "2024-01", "labels": "true"}
    properties = document["components"]["schemas"]["FlowRow"]["properties"]

    (row,) = demo.get("/v1/flows", query_string=question).json["data"]

    assert {name: field["example"] for name, field in properties.items()} == row


def test_every_column_of_numbers_can_be_sorted_by(demo, document):
    for path, operation in operations(document):
        if "sort" not in [parameter["name"] for parameter in operation.get("parameters", [])]:
            continue
        address, question = first_request(document, path)
        refused = demo.get(address, query_string=question | {"sort": "nothing"}).json["errors"][0]["reason"]
        columns = refused.partition("they can by ")[2].replace(" ", "")
        answer = demo.get(address, query_string=question | {"sort": columns})
        assert answer.status_code == 200, (path, columns, answer.text)


def problems(document):
    """Return the example problems of what a request can be wrong in: their status, their request and their body."""
    for response in document["components"]["responses"].values():
        for media in response.get("content", {}).values():
            yield from ((example["summary"], example["value"]) for example in media["examples"].values())


def test_the_example_problems_of_wrong_requests_are_what_the_demo_answers(demo, document):
    held = 0
    for request, expected in problems(document):
        if str(expected["status"]) in ONLY_WHERE_SOMETHING_FAILS | ONLY_WHERE_KEYS_ARE_ASKED_FOR:
            continue
        accept = [fault["value"] for fault in expected["errors"] if fault["parameter"] == "Accept"]
        answer = demo.get(request.removeprefix("GET "), headers={"Accept": accept[0]} if accept else {})
        assert (answer.status_code, answer.json | {"request_id": ""}) == (
            expected["status"],
            expected | {"request_id": ""},
        )
        held += 1
    assert held >= 6


def test_no_enum_is_nullable_which_generated_clients_cannot_read(document):
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            assert not ("enum" in described and "null" in str(described.get("type"))), (name, field)


def test_the_columns_that_always_come_are_described_as_required(demo, document):
    for path, operation in operations(document):
        if "fields" not in [parameter["name"] for parameter in operation.get("parameters", [])]:
            continue
        page = document["components"]["schemas"][ROWS.search(str(operation["responses"]["200"]))[1]]
        row = document["components"]["schemas"][page["properties"]["data"]["items"]["$ref"].rpartition("/")[2]]
        column = next(name for name in reversed(row["properties"]) if name not in row["required"])
        address, question = first_request(document, path)
        found = demo.get(address, query_string=question | {"fields": column}).json["data"][0]
        assert set(found) - {"partner_name", "commodity_name"} == {*row["required"], column}, path

"""The OpenAPI document is generated, committed, valid and complete; its examples work on the demo."""

import copy
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from service.api.openapi.document import openapi_json
from tests.support.openapi_completeness import missing_parts, operation_parameters, operations, parameter_examples

COMMITTED_DOCUMENT = Path(__file__).parents[3] / "openapi" / "v1.json"
HTML_PAGE_PATHS = (
    "/",
    "/docs",
    "/docs/",
    "/explore",
    "/embed",
    "/oembed",
    "/assets/",
    "/search",
    "/releases",
    "/check",
)
"""Pages, which no client is generated for."""
OTHER_PROTOCOL_PATHS = ("/comtrade/", "/mcp", "/llms.txt", "/.well-known/", "/favicon.ico", "/sdmx/")
"""Paths whose form is that of another protocol, and short forms of SDMX paths, which the documented ones stand for."""
REQUIRED_COMPANIONS = {"fx": {"currency": "USD"}, "residual": {"level": "1"}}
"""What has to be asked for besides, so that a parameter means something."""
EXAMPLES_BEYOND_DEMO_DATA = {("/v1/mirror", "mirror_dataset")}
PAGE_SCHEMA_REFERENCE = re.compile(r"schemas/(\w+Page)")
SERVER_STATE_STATUS_CODES = {"400", "413", "414", "415", "429", "431", "500", "503", "504"}
AUTHENTICATION_STATUS_CODES = {"401", "403"}


@pytest.fixture(scope="module")
def document():
    return json.loads(COMMITTED_DOCUMENT.read_text("utf-8"))


def test_the_committed_document_matches_the_code(demo):
    assert COMMITTED_DOCUMENT.read_text("utf-8") == openapi_json(demo.application), "run `make openapi`"


def test_the_service_serves_the_committed_document(demo, document):
    assert demo.get("/openapi.json").json == document


def test_the_document_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_path_except_html_pages_is_documented(demo, document):
    rules = {rule.rule.replace("<", "{").replace(">", "}") for rule in demo.application.url_map.iter_rules()}
    described = set(document["paths"])

    undocumented = (*HTML_PAGE_PATHS[1:], *OTHER_PROTOCOL_PATHS)
    assert {rule for rule in rules - described if not rule.startswith(undocumented) and rule != "/"} == set()
    assert described <= rules


def test_the_document_is_complete(document):
    assert missing_parts(document) == []


@pytest.mark.parametrize(
    ("location", "removed_key", "message"),
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
def test_a_missing_part_is_reported(document, location, removed_key, message):
    broken = copy.deepcopy(document)
    part = broken
    for step in location:
        part = part[step]
    del part[removed_key]

    assert message in missing_parts(broken)


@pytest.mark.parametrize(
    ("field", "description", "message"),
    [
        ("yoy_pct", "Growth. Null where unknown.", "FlowRow.yoy_pct: the unit, percent"),
        ("value", "Value. Null where unknown.", "FlowRow.value: the unit, `currency`"),
        ("value", "Value in `currency`.", "FlowRow.value: the meaning of null, where it may be null"),
        ("partner", "With whom. Null for none.", "FlowRow.partner: the meaning of null, where it may be null"),
    ],
)
def test_an_undocumented_unit_or_null_is_reported(document, field, description, message):
    broken = copy.deepcopy(document)
    broken["components"]["schemas"]["FlowRow"]["properties"][field]["description"] = description

    assert message in missing_parts(broken)


def test_a_repeated_unnamed_enum_is_reported(document):
    broken = copy.deepcopy(document)
    for name in ("FlowRow", "SeriesRow"):
        broken["components"]["schemas"][name]["properties"]["flow"] |= {"enum": ["X", "M"]}

    assert "enumeration X, M: a name" in missing_parts(broken)


def test_an_example_of_the_wrong_type_is_reported(document):
    broken = copy.deepcopy(document)
    broken["components"]["schemas"]["FlowRow"]["properties"]["value"]["example"] = "much"

    assert missing_parts(broken) == ["FlowRow.value: an example of its kind"]


def example_request(document, path):
    """Return what Swagger UI asks for, with nothing filled in by hand: the path and its query."""
    examples = {p["name"]: p["example"] for p in operation_parameters(document, path) if "example" in p}
    return path.format(**examples), {name: value for name, value in examples.items() if f"{{{name}}}" not in path}


def example_body(document, operation):
    """Return the body that the examples of a request make up; empty for an operation without a body."""
    reference = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    schema = document["components"]["schemas"].get(reference.get("$ref", "").rpartition("/")[2], {"properties": {}})
    return {name: field["example"] for name, field in schema["properties"].items()}


@pytest.mark.large
def test_the_example_of_every_operation_works_on_the_demo(demo, document):
    for path, operation in operations(document):
        address, question = example_request(document, path)
        body = example_body(document, operation)
        answer = demo.post(address, json=body) if body else demo.get(address, query_string=question)
        assert answer.status_code == 200, (path, answer.text)
        assert answer.mimetype in operation["responses"]["200"]["content"], path
        assert not answer.is_json or answer.json.get("data") != [], path


def test_examples_beyond_the_demo_data_are_rejected_by_parameter(demo, document):
    # It holds one reporter, and no report of its partners.
    for path, name in EXAMPLES_BEYOND_DEMO_DATA:
        address, question = example_request(document, path)
        (parameter,) = (p for p in operation_parameters(document, path) if p["name"] == name)
        answer = demo.get(address, query_string=question | {name: parameter_examples(parameter)[0]})
        assert [fault["parameter"] for fault in answer.json["errors"]] == [name]


def second_page_cursor(demo, path, query):
    """Return where the second page begins; null where there is one only."""
    following = demo.get(path, query_string=query | {"limit": 1}).json["links"]["next"]
    return parse_qs(urlsplit(following).query)["cursor"][0] if following else None


@pytest.mark.large
def test_the_examples_of_every_parameter_work_on_the_demo(demo, document):
    for path, operation in operations(document):
        if "requestBody" in operation:
            continue
        address, question = example_request(document, path)
        for parameter in operation_parameters(document, path):
            name = parameter["name"]
            for example in parameter_examples(parameter):
                # A cursor holds to the data and the question it began with, so that none is an example for all.
                value = second_page_cursor(demo, address, question) if name == "cursor" else example
                if value is None or parameter["in"] == "path" or (path, name) in EXAMPLES_BEYOND_DEMO_DATA:
                    continue
                written = {name: str(value).lower() if isinstance(value, bool) else value}
                sent = {"headers": written} if parameter["in"] == "header" else {}
                asked = question | REQUIRED_COMPANIONS.get(name, {}) | ({} if sent else written)
                answer = demo.get(address, query_string=asked, **sent)
                assert answer.status_code == 200, (path, written, answer.text)


def test_the_row_example_matches_the_demo_response(demo, document):
    question = {"reporter": "JPN", "partner": "CHN", "flow": "X", "period": "2024-01", "labels": "true"}
    properties = document["components"]["schemas"]["FlowRow"]["properties"]

    (row,) = demo.get("/v1/flows", query_string=question).json["data"]

    assert {name: field["example"] for name, field in properties.items()} == row


def test_every_numeric_column_is_sortable(demo, document):
    for path, operation in operations(document):
        if "sort" not in [parameter["name"] for parameter in operation.get("parameters", [])]:
            continue
        address, question = example_request(document, path)
        refused = demo.get(address, query_string=question | {"sort": "nothing"}).json["errors"][0]["reason"]
        columns = refused.partition("sortable columns are ")[2].replace(" ", "")
        answer = demo.get(address, query_string=question | {"sort": columns})
        assert answer.status_code == 200, (path, columns, answer.text)


def example_problems(document):
    """Return the example problems of what a request can be wrong in: their status, their request and their body."""
    for response in document["components"]["responses"].values():
        for media in response.get("content", {}).values():
            yield from ((example["summary"], example["value"]) for example in media["examples"].values())


def test_the_example_problems_match_the_demo_responses(demo, document):
    held = 0
    for request, expected in example_problems(document):
        if str(expected["status"]) in SERVER_STATE_STATUS_CODES | AUTHENTICATION_STATUS_CODES:
            continue
        accept = [fault["value"] for fault in expected["errors"] if fault["parameter"] == "Accept"]
        answer = demo.get(request.removeprefix("GET "), headers={"Accept": accept[0]} if accept else {})
        assert (answer.status_code, answer.json | {"request_id": ""}) == (
            expected["status"],
            expected | {"request_id": ""},
        )
        held += 1
    assert held >= 6


def test_no_enum_is_nullable(document):
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            assert not ("enum" in described and "null" in str(described.get("type"))), (name, field)


def test_permanent_columns_are_documented_as_required(demo, document):
    for path, operation in operations(document):
        if "fields" not in [parameter["name"] for parameter in operation.get("parameters", [])]:
            continue
        page = document["components"]["schemas"][PAGE_SCHEMA_REFERENCE.search(str(operation["responses"]["200"]))[1]]
        row = document["components"]["schemas"][page["properties"]["data"]["items"]["$ref"].rpartition("/")[2]]
        column = next(name for name in reversed(row["properties"]) if name not in row["required"])
        address, question = example_request(document, path)
        found = demo.get(address, query_string=question | {"fields": column}).json["data"][0]
        assert set(found) - {"partner_name", "commodity_name"} == {*row["required"], column}, path

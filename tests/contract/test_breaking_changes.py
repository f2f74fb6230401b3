"""Within /v1 the contract only grows: what breaks clients of the description as it was committed before is seen."""

import copy
import json
import subprocess
from datetime import date
from pathlib import Path

import pytest

from tools.breaking import find_breaking_changes

ROOT = Path(__file__).parents[2]
DOCUMENT_PATH = "openapi/v1.json"
ACCEPTED_BREAKS_FILE = ROOT / "openapi" / "accepted-breaks.txt"
FLOWS_OPERATION = ("paths", "/v1/flows", "get")
FLOWS_PARAMETERS = (*FLOWS_OPERATION, "parameters")
FLOW_ROW_SCHEMA = ("components", "schemas", "FlowRow")
FLOW_ROW_FIELDS = (*FLOW_ROW_SCHEMA, "properties")
ROW_LOCATION = "GET /v1/flows 200 application/json.data[]"
TODAY = date(2027, 1, 1)


@pytest.fixture(scope="module")
def committed_document():
    return json.loads((ROOT / DOCUMENT_PATH).read_text("utf-8"))


def git_output(*command):
    done = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def previous_versions(current_document):
    """Yield the description as it was committed earlier and different, the newest first."""
    for commit in git_output("log", "--format=%H", "--", DOCUMENT_PATH).split():
        text = git_output("show", f"{commit}:{DOCUMENT_PATH}")
        if text and json.loads(text) != current_document:
            yield json.loads(text)


def test_the_document_has_no_breaking_changes_since_the_previous_commit(committed_document):
    before = next(previous_versions(committed_document), None)
    if before is None:
        pytest.skip("this checkout has no history in which the description was another one")
    accepted = {line for line in ACCEPTED_BREAKS_FILE.read_text().splitlines() if line and not line.startswith("#")}

    assert set(find_breaking_changes(before, committed_document)) - accepted == set()


def test_an_unchanged_document_has_no_breaking_changes(committed_document):
    assert find_breaking_changes(committed_document, committed_document) == []


def resolve_path(document, steps):
    """Return the part of a description that lies at `steps`; a parameter is found by its name."""
    for step in steps:
        document = (
            next(entry for entry in document if entry["name"] == step) if isinstance(document, list) else document[step]
        )
    return document


def change_document(document, steps, change):
    later = copy.deepcopy(document)
    change(resolve_path(later, steps))
    return later


def remove_key(name):
    return lambda part: part.pop(name)


def set_values(**values):
    return lambda part: part.update(values)


def remove_parameter(name):
    return lambda listed: listed.remove(next(entry for entry in listed if entry["name"] == name))


def add_parameter(**parameter):
    return lambda listed: listed.append({"in": "query", "schema": {"type": "string"}} | parameter)


BREAKING_CHANGES = {
    "a path": (("paths",), remove_key("/v1/flows"), "GET /v1/flows: removed"),
    "a method": (("paths", "/v1/flows"), remove_key("get"), "GET /v1/flows: removed"),
    "a parameter": (FLOWS_PARAMETERS, remove_parameter("partner"), "GET /v1/flows partner: removed"),
    "a parameter in the path": (
        ("paths", "/v1/partners/{code}", "parameters"),
        remove_parameter("code"),
        "GET /v1/partners/{code} code: removed",
    ),
    "required now": ((*FLOWS_PARAMETERS, "partner"), set_values(required=True), "GET /v1/flows partner: required now"),
    "new and required": (
        FLOWS_PARAMETERS,
        add_parameter(name="key", required=True),
        "GET /v1/flows key: new, and required",
    ),
    "type of a parameter": (
        (*FLOWS_PARAMETERS, "limit", "schema"),
        set_values(type="boolean"),
        "GET /v1/flows limit: no longer integer",
    ),
    "enum of a parameter": (
        ("components", "schemas", "Frequency"),
        set_values(enum=["M", "A"]),
        "GET /v1/flows frequency: Q removed",
    ),
    "an enum where there was none": (
        (*FLOWS_PARAMETERS, "partner", "schema"),
        set_values(enum=["CHN", "USA"]),
        "GET /v1/flows partner: only CHN, USA now",
    ),
    "default": (
        (*FLOWS_PARAMETERS, "flow", "schema"),
        set_values(default="X"),
        "GET /v1/flows flow: default X,M is X now",
    ),
    "no default": (
        (*FLOWS_PARAMETERS, "flow", "schema"),
        remove_key("default"),
        "GET /v1/flows flow: default X,M is None now",
    ),
    "maximum": (
        (*FLOWS_PARAMETERS, "limit", "schema"),
        set_values(maximum=100),
        "GET /v1/flows limit: maximum 10000 is 100 now",
    ),
    "minimum": (
        (*FLOWS_PARAMETERS, "limit", "schema"),
        set_values(minimum=2),
        "GET /v1/flows limit: minimum 1 is 2 now",
    ),
    "a bound where there was none": (
        (*FLOWS_PARAMETERS, "limit", "schema"),
        set_values(multipleOf=10),
        "GET /v1/flows limit: multipleOf None is 10 now",
    ),
    "length": (
        (*FLOWS_PARAMETERS, "partner", "schema"),
        set_values(maxLength=3),
        "GET /v1/flows partner: maxLength 4000 is 3 now",
    ),
    "pattern": (
        (*FLOWS_PARAMETERS, "partner", "schema"),
        set_values(pattern="^[A-Z]{3}$"),
        "GET /v1/flows partner: pattern None is ^[A-Z]{3}$ now",
    ),
    "a response": ((*FLOWS_OPERATION, "responses"), remove_key("304"), "GET /v1/flows 304: removed"),
    "a media type": (
        (*FLOWS_OPERATION, "responses", "200", "content"),
        remove_key("text/csv"),
        "GET /v1/flows 200 text/csv: removed",
    ),
    "a header": (
        (*FLOWS_OPERATION, "responses", "200", "headers"),
        remove_key("ETag"),
        "GET /v1/flows 200 header ETag: removed",
    ),
    "a field": (FLOW_ROW_FIELDS, remove_key("yoy_pct"), f"{ROW_LOCATION}.yoy_pct: removed"),
    "a field left out": (
        FLOW_ROW_SCHEMA,
        set_values(required=["reporter"]),
        f"{ROW_LOCATION}.partner: may be left out now",
    ),
    "type of a field": (
        (*FLOW_ROW_FIELDS, "partner"),
        set_values(type="integer"),
        f"{ROW_LOCATION}.partner: may be integer now",
    ),
    "null": (
        (*FLOW_ROW_FIELDS, "currency"),
        set_values(type=["string", "null"]),
        f"{ROW_LOCATION}.currency: may be null now",
    ),
    "format": (
        (*FLOW_ROW_FIELDS, "value"),
        set_values(format="int32"),
        f"{ROW_LOCATION}.value: format int64 is int32 now",
    ),
    "a value of an answer": (
        ("components", "schemas", "Flow"),
        set_values(enum=["X", "M", "RX", "RM"]),
        f"{ROW_LOCATION}.flow: DX removed",
    ),
    "another value of an answer": (
        ("components", "schemas", "Flow"),
        set_values(enum=["X", "M", "RX", "RM", "DX", "T"]),
        f"{ROW_LOCATION}.flow: may be T now",
    ),
    "any value of an answer": (
        ("components", "schemas", "Flow"),
        remove_key("enum"),
        f"{ROW_LOCATION}.flow: may be anything now",
    ),
    "members of a list": (
        (*FLOW_ROW_FIELDS, "members_missing", "items"),
        set_values(type="integer"),
        f"{ROW_LOCATION}.members_missing[]: may be integer now",
    ),
    "a problem's field": (
        ("components", "schemas", "Problem", "properties"),
        remove_key("detail"),
        "GET /v1/flows 422 application/problem+json.detail: removed",
    ),
}


@pytest.mark.parametrize("change_name", BREAKING_CHANGES)
def test_each_breaking_change_is_reported(committed_document, change_name):
    steps, change, line = BREAKING_CHANGES[change_name]

    found = find_breaking_changes(committed_document, change_document(committed_document, steps, change))

    assert line in found
    assert all(entry.split(" ")[1].startswith("/") for entry in found)


COMPATIBLE_CHANGES = {
    "a new path": (("paths",), set_values(**{"/v1/more": {"get": {"responses": {}}}})),
    "a new parameter": (FLOWS_PARAMETERS, add_parameter(name="more")),
    "no longer required": ((*FLOWS_PARAMETERS, "reporter"), set_values(required=False)),
    "a wider bound": ((*FLOWS_PARAMETERS, "limit", "schema"), set_values(maximum=20_000, minimum=0)),
    "a bound that is gone": ((*FLOWS_PARAMETERS, "limit", "schema"), remove_key("maximum")),
    "a type more in a request": ((*FLOWS_PARAMETERS, "limit", "schema"), set_values(type=["integer", "string"])),
    "numbers beside whole ones in a request": ((*FLOWS_PARAMETERS, "limit", "schema"), set_values(type="number")),
    "a new field": (FLOW_ROW_FIELDS, set_values(more={"type": "string"})),
    "never null now": ((*FLOW_ROW_FIELDS, "obs_status"), set_values(type="string")),
    "whole numbers of numbers": ((*FLOW_ROW_FIELDS, "yoy_pct"), set_values(type=["integer", "null"])),
    "always there now": (FLOW_ROW_SCHEMA, lambda row: row["required"].append("value")),
    "other words": ((*FLOW_ROW_FIELDS, "value"), set_values(description="Other.", example=1)),
    "a new media type": ((*FLOWS_OPERATION, "responses", "200", "content"), set_values(**{"text/tab": {"schema": {}}})),
    "a new response": ((*FLOWS_OPERATION, "responses"), set_values(**{"418": {"description": "A teapot."}})),
}


@pytest.mark.parametrize("change_name", COMPATIBLE_CHANGES)
def test_compatible_changes_are_not_reported(committed_document, change_name):
    steps, change = COMPATIBLE_CHANGES[change_name]

    assert find_breaking_changes(committed_document, change_document(committed_document, steps, change)) == []


@pytest.mark.parametrize(
    ("steps", "change"),
    [(FLOWS_OPERATION, lambda later: later["paths"].pop("/v1/flows")), ((*FLOWS_PARAMETERS, "fx"), None)],
)
@pytest.mark.parametrize(("sunset", "is_removable"), [("2026-12-31", True), ("2027-01-01", False)])
def test_deprecated_parts_may_be_removed_after_sunset(committed_document, steps, change, sunset, is_removable):
    announced = change_document(committed_document, steps, set_values(deprecated=True, **{"x-sunset": sunset}))
    later = copy.deepcopy(announced)
    (change or (lambda document: remove_parameter("fx")(resolve_path(document, FLOWS_PARAMETERS))))(later)

    assert (find_breaking_changes(announced, later, today=TODAY) == []) == is_removable

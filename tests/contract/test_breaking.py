"""Within /v1 the contract only grows: what breaks clients of the description as it was committed before is seen."""

import copy
import json
import subprocess
from datetime import date
from pathlib import Path

import pytest

from tools.breaking import breaks

ROOT = Path(__file__).parents[2]
DESCRIPTION = "openapi/v1.json"
ACCEPTED = ROOT / "openapi" / "accepted-breaks.txt"
FLOWS = ("paths", "/v1/flows", "get")
PARAMETERS = (*FLOWS, "parameters")
ROW = ("components", "schemas", "FlowRow")
FIELDS = (*ROW, "properties")
OF_ROWS = "GET /v1/flows 200 application/json.data[]"
TODAY = date(2027, 1, 1)


@pytest.fixture(scope="module")
def committed():
    return json.loads((ROOT / DESCRIPTION).read_text("utf-8"))


def of_git(*command):
    done = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def versions_before(current):
    """Yield the description as it was committed earlier and different, the newest first."""
    for commit in of_git("log", "--format=%H", "--", DESCRIPTION).split():
        text = of_git("show", f"{commit}:{DESCRIPTION}")
        if text and json.loads(text) != current:
            yield json.loads(text)


def test_nothing_breaks_since_the_description_was_committed_before(committed):
    before = next(versions_before(committed), None)
    if before is None:
        pytest.skip("this checkout has no history in which the description was another one")
    accepted = {line for line in ACCEPTED.read_text().splitlines() if line and not line.startswith("#")}

    assert set(breaks(before, committed)) - accepted == set()


def test_a_description_does_not_break_itself(committed):
    assert breaks(committed, committed) == []


def place_in(document, steps):
    """Return the part of a description that lies at `steps`; a parameter is found by its name."""
    for step in steps:
        document = (
            next(entry for entry in document if entry["name"] == step) if isinstance(document, list) else document[step]
        )
    return document


def changed(committed, steps, change):
    later = copy.deepcopy(committed)
    change(place_in(later, steps))
    return later


def without(name):
    return lambda part: part.pop(name)


def with_(**values):
    return lambda part: part.update(values)


def without_parameter(name):
    return lambda listed: listed.remove(next(entry for entry in listed if entry["name"] == name))


def with_parameter(**parameter):
    return lambda listed: listed.append({"in": "query", "schema": {"type": "string"}} | parameter)


BREAKS = {
    "a path": (("paths",), without("/v1/flows"), "GET /v1/flows: removed"),
    "a method": (("paths", "/v1/flows"), without("get"), "GET /v1/flows: removed"),
    "a parameter": (PARAMETERS, without_parameter("partner"), "GET /v1/flows partner: removed"),
    "a parameter in the path": (
        ("paths", "/v1/partners/{code}", "parameters"),
        without_parameter("code"),
        "GET /v1/partners/{code} code: removed",
    ),
    "required now": ((*PARAMETERS, "partner"), with_(required=True), "GET /v1/flows partner: required now"),
    "new and required": (PARAMETERS, with_parameter(name="key", required=True), "GET /v1/flows key: new, and required"),
    "type of a parameter": (
        (*PARAMETERS, "limit", "schema"),
        with_(type="boolean"),
        "GET /v1/flows limit: no longer integer",
    ),
    "enum of a parameter": (
        ("components", "schemas", "Frequency"),
        with_(enum=["M", "A"]),
        "GET /v1/flows frequency: Q removed",
    ),
    "an enum where there was none": (
        (*PARAMETERS, "partner", "schema"),
        with_(enum=["CHN", "USA"]),
        "GET /v1/flows partner: only CHN, USA now",
    ),
    "default": (
        (*PARAMETERS, "flow", "schema"),
        with_(default="X"),
        "GET /v1/flows flow: default X,M is X now",
    ),
    "no default": (
        (*PARAMETERS, "flow", "schema"),
        without("default"),
        "GET /v1/flows flow: default X,M is None now",
    ),
    "maximum": ((*PARAMETERS, "limit", "schema"), with_(maximum=100), "GET /v1/flows limit: maximum 10000 is 100 now"),
    "minimum": ((*PARAMETERS, "limit", "schema"), with_(minimum=2), "GET /v1/flows limit: minimum 1 is 2 now"),
    "a bound where there was none": (
        (*PARAMETERS, "limit", "schema"),
        with_(multipleOf=10),
        "GET /v1/flows limit: multipleOf None is 10 now",
    ),
    "length": (
        (*PARAMETERS, "partner", "schema"),
        with_(maxLength=3),
        "GET /v1/flows partner: maxLength 4000 is 3 now",
    ),
    "pattern": (
        (*PARAMETERS, "partner", "schema"),
        with_(pattern="^[A-Z]{3}$"),
        "GET /v1/flows partner: pattern None is ^[A-Z]{3}$ now",
    ),
    "a response": ((*FLOWS, "responses"), without("304"), "GET /v1/flows 304: removed"),
    "a media type": (
        (*FLOWS, "responses", "200", "content"),
        without("text/csv"),
        "GET /v1/flows 200 text/csv: removed",
    ),
    "a header": ((*FLOWS, "responses", "200", "headers"), without("ETag"), "GET /v1/flows 200 header ETag: removed"),
    "a field": (FIELDS, without("yoy_pct"), f"{OF_ROWS}.yoy_pct: removed"),
    "a field left out": (ROW, with_(required=["reporter"]), f"{OF_ROWS}.partner: may be left out now"),
    "type of a field": ((*FIELDS, "partner"), with_(type="integer"), f"{OF_ROWS}.partner: may be integer now"),
    "null": ((*FIELDS, "currency"), with_(type=["string", "null"]), f"{OF_ROWS}.currency: may be null now"),
    "format": ((*FIELDS, "value"), with_(format="int32"), f"{OF_ROWS}.value: format int64 is int32 now"),
    "a value of an answer": (
        ("components", "schemas", "Flow"),
        with_(enum=["X", "M", "RX", "RM"]),
        f"{OF_ROWS}.flow: DX removed",
    ),
    "another value of an answer": (
        ("components", "schemas", "Flow"),
        with_(enum=["X", "M", "RX", "RM", "DX", "T"]),
        f"{OF_ROWS}.flow: may be T now",
    ),
    "any value of an answer": (
        ("components", "schemas", "Flow"),
        without("enum"),
        f"{OF_ROWS}.flow: may be anything now",
    ),
    "members of a list": (
        (*FIELDS, "members_missing", "items"),
        with_(type="integer"),
        f"{OF_ROWS}.members_missing[]: may be integer now",
    ),
    "a problem's field": (
        ("components", "schemas", "Problem", "properties"),
        without("detail"),
        "GET /v1/flows 422 application/problem+json.detail: removed",
    ),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_each_kind_of_break_is_seen(committed, kind):
    steps, change, line = BREAKS[kind]

    found = breaks(committed, changed(committed, steps, change))

    assert line in found
    assert all(entry.split(" ")[1].startswith("/") for entry in found)


HARMLESS = {
    "a new path": (("paths",), with_(**{"/v1/more": {"get": {"responses": {}}}})),
    "a new parameter": (PARAMETERS, with_parameter(name="more")),
    "no longer required": ((*PARAMETERS, "reporter"), with_(required=False)),
    "a wider bound": ((*PARAMETERS, "limit", "schema"), with_(maximum=20_000, minimum=0)),
    "a bound that is gone": ((*PARAMETERS, "limit", "schema"), without("maximum")),
    "a type more in a request": ((*PARAMETERS, "limit", "schema"), with_(type=["integer", "string"])),
    "numbers beside whole ones in a request": ((*PARAMETERS, "limit", "schema"), with_(type="number")),
    "a new field": (FIELDS, with_(more={"type": "string"})),
    "never null now": ((*FIELDS, "obs_status"), with_(type="string")),
    "whole numbers of numbers": ((*FIELDS, "yoy_pct"), with_(type=["integer", "null"])),
    "always there now": (ROW, lambda row: row["required"].append("value")),
    "other words": ((*FIELDS, "value"), with_(description="Other.", example=1)),
    "a new media type": ((*FLOWS, "responses", "200", "content"), with_(**{"text/tab": {"schema": {}}})),
    "a new response": ((*FLOWS, "responses"), with_(**{"418": {"description": "A teapot."}})),
}


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_only_grows_is_no_break(committed, kind):
    steps, change = HARMLESS[kind]

    assert breaks(committed, changed(committed, steps, change)) == []


@pytest.mark.parametrize(
    ("steps", "change"),
    [(FLOWS, lambda later: later["paths"].pop("/v1/flows")), ((*PARAMETERS, "fx"), None)],
)
@pytest.mark.parametrize(("sunset", "may_go"), [("2026-12-31", True), ("2027-01-01", False)])
def test_what_was_deprecated_may_go_after_its_last_day(committed, steps, change, sunset, may_go):
    announced = changed(committed, steps, with_(deprecated=True, **{"x-sunset": sunset}))
    later = copy.deepcopy(announced)
    (change or (lambda document: without_parameter("fx")(place_in(document, PARAMETERS))))(later)

    assert (breaks(announced, later, today=TODAY) == []) == may_go

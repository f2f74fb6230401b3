"""The description is generated, committed, valid, and complete."""

import json
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from service.api.description import description_text

COMMITTED = Path(__file__).parents[2] / "openapi" / "v1.json"


@pytest.fixture(scope="module")
def document():
    return json.loads(COMMITTED.read_text("utf-8"))


def operations(document):
    return [(path, item["get"]) for path, item in document["paths"].items()]


def test_the_committed_description_is_that_of_the_code(demo):
    assert COMMITTED.read_text("utf-8") == description_text(demo.application), "run `make openapi`"


def test_the_service_serves_the_committed_description(demo, document):
    assert demo.get("/openapi.json").json == document


def test_the_description_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_operation_has_a_name_a_summary_tags_and_described_errors(document):
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names) >= 11
    for path, operation in operations(document):
        assert operation["summary"], path
        assert operation["tags"], path
        assert {"200", "422", "500", "503"} <= set(operation["responses"]), path


def test_every_parameter_has_a_description_and_every_field_an_example_too(document):
    lacking = [
        (path, parameter["name"])
        for path, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]
    lacking += [
        (name, field)
        for name, schema in document["components"]["schemas"].items()
        for field, described in schema["properties"].items()
        if "$ref" not in described and not {"description", "example"} <= set(described) and "allOf" not in described
    ]
    assert lacking == []


def test_the_example_of_every_operation_works_on_the_demo(demo, document):
    for path, operation in operations(document):
        parameters = [*document["paths"][path].get("parameters", []), *operation["parameters"]]
        examples = {p["name"]: p["schema"]["example"] for p in parameters if "example" in p["schema"]}
        question = {name: value for name, value in examples.items() if f"{{{name}}}" not in path}
        answer = demo.get(path.format(**examples), query_string=question)
        assert answer.status_code == 200, (path, answer.json)
        assert answer.json["data"], path


def test_no_enum_is_nullable_which_generated_clients_cannot_read(document):
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema["properties"].items():
            assert not ("enum" in described and "null" in str(described.get("type"))), (name, field)

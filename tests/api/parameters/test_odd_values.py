"""Unusual values of every parameter of every resource are answered or refused with a reason."""

import json
from pathlib import Path

import pytest

OPENAPI_DOCUMENT = json.loads((Path(__file__).parents[3] / "openapi" / "v1.json").read_text())
ODD_VALUES = {
    "a NUL": "\x00",
    "a number beyond all integers": "1" + "0" * 20,
    "a number beyond all floats": "1e9999",
    "not a number": "NaN",
    "a thousand codes": ",".join(f"X{number}" for number in range(1000)),
    "eight thousand characters": "x" * 8000,
    "ten thousand codes": ",".join(f"X{number}" for number in range(10_000)),
    "a hundred kilobytes": "x" * 100_000,
    "half a character": "\udcff",
    "SQL": "' OR 1=1; DROP TABLE release --",
    "a path": "../../../../etc/passwd",
    "a script": "<script>alert(1)</script>",
    "digits of another script": "１２",
    "text that runs to the left": "\u202eNHC",
    "a formula": "=cmd|' /C calc'!A0",
}
QUERY_PARAMETERS = sorted(
    (path, parameter["name"])
    for path, item in OPENAPI_DOCUMENT["paths"].items()
    for parameter in [*item.get("parameters", []), *item.get("get", {}).get("parameters", [])]
    if parameter.get("in") == "query"
)


@pytest.mark.parametrize("odd_value", ODD_VALUES.values(), ids=ODD_VALUES)
def test_odd_parameter_values_are_accepted_or_rejected_with_a_message(demo, record_property, odd_value):
    assert len(QUERY_PARAMETERS) > 100
    for path, name in QUERY_PARAMETERS:
        address = path.replace("{", "").replace("}", "")
        answer = demo.get(address, query_string={name: odd_value.encode("utf-8", "surrogateescape")})
        refused = answer.content_type == "application/problem+json" and answer.json["status"] == answer.status_code
        assert answer.status_code == 200 or (400 <= answer.status_code < 500 and refused), (path, name)
    record_property("cases", len(QUERY_PARAMETERS))

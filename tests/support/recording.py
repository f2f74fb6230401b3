"""Recording of responses of a running service, and comparison with those of another build.

    python -m tests.support.recording record http://127.0.0.1:8000 before.jsonl --random 3000
    python -m tests.support.recording compare http://127.0.0.1:8001 before.jsonl

The requests are every example of the description, every request in the documentation, and random combinations of the
parameters' examples, errors included. Headers that differ from one process to the next are left out.
"""

import argparse
import io
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3
from pyarrow import parquet

DOCUMENTS = Path(__file__).parents[2] / "docs"
REQUEST_IN_TEXT = re.compile(r"(?<=[\s`\"'(:0-9])/(?:v1|sdmx)/[^\s`\"')\\]*")
VOLATILE_HEADERS = frozenset({"date", "etag", "x-request-id", "server", "connection", "keep-alive", "server-timing"})
JSON_TYPE = re.compile(r"application/([\w.-]+\+)?json\b")
INVALID_VALUES = ("", "ZZZ", "0", "-1", "9" * 30, "2024-13", "\x00", "a,b", "2024-01..2023-01")
MAX_DRAWS_PER_REQUEST = 20
Json = Any


def documented_requests() -> Iterator[str]:
    """Yield the requests in the documentation."""
    for path in sorted(DOCUMENTS.rglob("*.md")):
        yield from REQUEST_IN_TEXT.findall(path.read_text())


def parameter_values(document: Json, parameter: Json) -> list[str]:
    """Return the values of a parameter's examples, enumeration and default."""
    parameter = resolve_reference(document, parameter)
    schema = resolve_reference(document, parameter.get("schema", {}))
    items = resolve_reference(document, schema.get("items", {}))
    examples = [example["value"] for example in parameter.get("examples", {}).values() if "value" in example]
    values = [
        parameter.get("example"),
        *examples,
        schema.get("default"),
        *schema.get("enum", ()),
        *items.get("enum", ()),
    ]
    return [
        ",".join(map(str, value)) if isinstance(value, list) else str(value) for value in values if value is not None
    ]


def resolve_reference(document: Json, node: Json) -> Json:
    """Return the target of a reference; other nodes unchanged."""
    while "$ref" in node:
        target = document
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        node = target
    return node


def served_values(service: "Service") -> list[dict[str, list[str]]]:
    """Return parameter values for which the service has figures, by parameter, one mapping for each reporter."""
    reporters = json.loads(service.response("/v1/reporters")["body"])["data"]
    return [values_of_reporter(service, row["reporter"]) for row in reporters]


def values_of_reporter(service: "Service", reporter: str) -> dict[str, list[str]]:
    """Return parameter values for which the service has figures of a reporter, by parameter."""
    query = f"reporter={reporter}&flow=X&limit=100"
    partners = json.loads(service.response(f"/v1/partners?{query}")["body"]).get("data", [])
    commodities = json.loads(service.response(f"/v1/commodities?{query}")["body"]).get("data", [])
    months = [f"{year}-{month:02}" for year in range(2021, 2025) for month in range(1, 13)]
    return {
        "reporter": [reporter],
        "partner": ["all", "WLD", *(row["partner"] for row in partners)],
        "commodity": ["all", "TOTAL", *(row["commodity"] for row in commodities)],
        "period": ["latest", "all", "2022", "2023-Q4", *months, *(f"{month}..2024-01" for month in months[:36])],
    }


def random_requests(document: Json, count: int, served: list[dict[str, list[str]]], seed: int = 7) -> Iterator[str]:
    """Yield `count` different requests with random values of random parameters; about one in ten has an invalid value.

    They are fewer where the document does not have as many.
    """
    draw = random.Random(seed)  # noqa: S311 - repeatable, not secret
    paths = [(path, item["get"]) for path, item in document["paths"].items() if "get" in item]
    requests: set[str] = set()
    for _ in range(MAX_DRAWS_PER_REQUEST * count):
        if len(requests) == count:
            return
        path, operation = draw.choice(paths)
        more_values = draw.choice(served)
        query = {}
        for reference in operation.get("parameters", []):
            parameter = resolve_reference(document, reference)
            values = parameter_values(document, parameter) + more_values.get(parameter["name"], [])
            if not values:
                continue
            value = draw.choice(INVALID_VALUES) if draw.random() < 0.1 / 8 else draw.choice(values)
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", value.replace("\x00", "%00"))
            elif parameter["in"] == "query" and (parameter.get("required") or draw.random() < 0.25):
                query[parameter["name"]] = value
        request = f"{path}?{urlencode(query)}" if query else path
        if request not in requests:
            requests.add(request)
            yield request


class Service:
    """A running service."""

    def __init__(self, address: str) -> None:
        self.pool = urllib3.connection_from_url(address)
        self.address = address

    def response(self, request: str) -> Json:
        """Return status, lasting headers and text of the body of a response."""
        response = self.pool.request("GET", request, retries=False, headers={"Accept": "*/*"}, timeout=60)
        headers = {
            name.lower(): value for name, value in response.headers.items() if name.lower() not in VOLATILE_HEADERS
        }
        body = response.data.decode("utf-8", "surrogateescape").replace(self.address, "")
        return {"request": request, "status": response.status, "headers": headers, "body": body}


def record(service: Service, file: Path, random_count: int) -> int:
    """Store the response to each request as a line of JSON; return their number."""
    document = json.loads(service.response("/openapi.json")["body"])
    requests = dict.fromkeys([*documented_requests(), *random_requests(document, random_count, served_values(service))])
    with file.open("w") as lines:
        for request in requests:
            lines.write(json.dumps(service.response(request)) + "\n")
    return len(requests)


def differences(earlier: Json, later: Json, path: str = "") -> Iterator[str]:
    """Yield the paths at which two values of JSON differ, with both values."""
    if isinstance(earlier, dict) and isinstance(later, dict):
        for key in sorted({*earlier, *later}):
            yield from differences(earlier.get(key), later.get(key), f"{path}.{key}")
    elif isinstance(earlier, list) and isinstance(later, list) and len(earlier) == len(later):
        for number, (left, right) in enumerate(zip(earlier, later, strict=True)):
            yield from differences(left, right, f"{path}[{number}]")
    elif earlier != later:
        yield f"{path}: {str(earlier)[:100]!r} -> {str(later)[:100]!r}"


def parse_body(response: Json) -> Json:
    """Return a response with its body parsed: JSON without the id of the request, Parquet as rows."""
    if "parquet" in response["headers"].get("content-type", "") and response["status"] == HTTPStatus.OK:
        file = io.BytesIO(response["body"].encode("utf-8", "surrogateescape"))
        return response | {"body": parquet.read_table(file).to_pylist()}
    if not JSON_TYPE.match(response["headers"].get("content-type", "")) or not response["body"].strip():
        return response
    body = json.loads(response["body"])
    if isinstance(body, dict):
        body.pop("request_id", None)
    return response | {"body": body}


def compare(service: Service, file: Path, difference_limit: int) -> Counter[str]:
    """Print the differences of each response; return how often each path differs."""
    counts: Counter[str] = Counter()
    for line in file.read_text().splitlines():
        earlier = json.loads(line)
        later = service.response(earlier["request"])
        different = list(differences(parse_body(earlier), parse_body(later)))
        counts.update({re.sub(r"\[\d+\]", "[]", entry.split(":")[0]) for entry in different})
        if different:
            print(earlier["request"], *different[:difference_limit], sep="\n    ")
    return counts


def main() -> None:
    """Record or compare responses."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=("record", "compare"))
    parser.add_argument("address")
    parser.add_argument("file", type=Path)
    parser.add_argument("--random", type=int, default=3000, help="random requests of a recording")
    parser.add_argument("--difference-limit", type=int, default=4, help="differences printed per request")
    arguments = parser.parse_args()
    service = Service(arguments.address)
    if arguments.action == "record":
        print(record(service, arguments.file, arguments.random), "responses recorded")
    else:
        for path, count in compare(service, arguments.file, arguments.difference_limit).most_common():
            print(f"{count:6} {path}")


if __name__ == "__main__":
    main()

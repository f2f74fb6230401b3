"""The search for the dearest allowed request of each resource, over its parameters, on a running service.

    python -m tools.dearest_requests http://127.0.0.1:8000 --process $GUNICORN --process $POSTMASTER

The cost of a response is the processor time of these processes and their children, which other work on the machine
hardly changes; without the option it is the time to the response. Start the service with a long
TRADEFLOWS_STATEMENT_TIMEOUT_MS, so that requests that are too dear have a cost too.

A climb begins with a request, changes one parameter after the other, and keeps a change that makes the response cost
more, until no change does. Each resource has climbs from several requests, the dearest first. Refused requests (422)
are not followed.
The values are those of openapi/v1.json, and the codes, datasets and days that the service lists. Resources without a
description of their parameters in it have them in OTHER_PATHS; FIGURELESS_PATHS names those that read no figures.
"""

import http
import http.client
import json
import os
import platform
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import click

PROJECT_FOLDER = Path(__file__).parents[1]
DOCUMENT = PROJECT_FOLDER / "openapi" / "v1.json"
BEGIN_MARKER, END_MARKER = "<!-- search begin -->", "<!-- search end -->"
LONG_LIST = 300
"""Codes in a list of commodities or partners."""
UNSEARCHED = {"cursor", "format", "chart", "title", "theme", "width", "search"}
"""Parameters whose values do not change the figures that a response is computed from."""
FIRST_REQUESTS: tuple[Mapping[str, str], ...] = (
    {"partner": "all", "commodity": "all", "level": "6", "period": "latest", "sort": "-value"},
    {"partner": "groups", "commodity": "chapters", "period": "latest", "frequency": "A"},
    {"partner": "WLD", "commodity": "all", "level": "6", "period": "all"},
    {"partner": "reporter", "commodity": "chapters", "period": "latest"},
    {"partner": "all", "commodity": "TOTAL", "period": "all", "as_of": "2024-03-01", "currency": "EUR"},
)
QueryParameters = dict[str, str]
_COMTRADE_CHOICES = {
    "typecode": ("C",),
    "frequency": ("M", "A"),
    "reportercode": ("276", "392"),
    "period": ("latest", "12 months", "2 years"),
    "partnerCode": ("", "0", "156"),
    "cmdCode": ("AG6", "AG2", "TOTAL"),
    "flowCode": ("X,M", "X"),
    "maxrecords": ("250000", "500"),
}
_SDMX_CHOICES = {
    "frequency": ("M", "A"),
    "areas": ("..", ".WLD.", "X.CHN."),
    "commodity": ("", "TOTAL"),
    "startPeriod": ("latest", "2014-01"),
    "lastNObservations": ("1",),
}
_PAGE_CHOICES = {"reporter": ("reporter",), "view": ("partners", "commodities", "series"), "flow": ("X", "M"),
                 "commodity": ("TOTAL", "chapter"), "period": ("latest", "2023"), "frequency": ("M", "A")}  # fmt: skip
OTHER_PATHS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "/": {},
    "/check": {"text": ("Exports of REPORTER to China rose 5 % in December 2023. Imports fell 3 %.",)},
    "/comtrade/data/v1/get/{typecode}/{frequency}/HS": _COMTRADE_CHOICES,
    "/comtrade/tools/v1/getTradeBalance/{typecode}/{frequency}/HS": _COMTRADE_CHOICES,
    "/comtrade/tools/v1/getBilateralData/{typecode}/{frequency}/HS": _COMTRADE_CHOICES,
    "/comtrade/public/v1/preview/{typecode}/{frequency}/HS": _COMTRADE_CHOICES,
    "/embed": {**_PAGE_CHOICES, "view": ("series", "partners")},
    "/explore": _PAGE_CHOICES,
    "/releases/{code}": {"code": ("release",)},
    "/v1/releases/{code}.parquet": {"code": ("release",)},
    "/sdmx/2.1/data/{dataset}/{frequency}.{reporter}.{areas}.{commodity}": {
        "dataset": ("dataset",), "reporter": ("reporter",), **_SDMX_CHOICES},
}  # fmt: skip
"""The values of the parameters of resources that openapi/v1.json does not describe. The first values are the first
request. `reporter`, `dataset`, `release`, `chapter` and `latest` stand for those of the service."""
FIGURELESS_PATHS = (
    "/.well-known", "/assets", "/comtrade/async", "/comtrade/bulk", "/comtrade/files", "/docs", "/favicon.ico",
    "/live", "/llms.txt", "/metrics", "/openapi.json", "/problems", "/ready",
    "/comtrade/<any(data, public):access>", "/comtrade/data/v1/getLiveUpdate",
    "/sdmx/2.1/<artefact_type>", "/sdmx/2.1/codelist", "/sdmx/2.1/conceptscheme", "/sdmx/2.1/dataflow",
    "/sdmx/2.1/datastructure", "/sdmx/3.0/structure",
    "/v1/areas", "/v1/classifications", "/v1/concordances", "/v1/exchange-rates", "/v1/groups",
    "/v1/indicators", "/v1/reporters",
)  # fmt: skip
"""The beginnings of the paths of resources that read reference tables alone, or small files."""
SAME_QUERY = {
    "/mcp": "its tools call the resources of /v1",
    "/oembed": "/embed",
    "/search": "/explore",
    "/releases": "/v1/releases",
    "/comtrade/data/v1/getTariffline": "/comtrade/data/v1/get",
    "/comtrade/data/v1/getTradeMatrix": "/comtrade/data/v1/get",
    "/comtrade/data/v1/getSUV": "/comtrade/data/v1/get",
    "/comtrade/public/v1/previewTariffline": "/comtrade/public/v1/preview",
    "/sdmx/2.1/<any": "/sdmx/2.1/data",
    "/sdmx/2.1/data/<flow>": "/sdmx/2.1/data",
    "/sdmx/3.0/<any": "/sdmx/2.1/data",
    "/v1/checks": "/check",
    "/v1/releases": "/v1/releases/{code}.parquet",
}
"""Resources that read their figures by the queries of another one."""


@dataclass(frozen=True)
class Response:
    """A response: its status, 0 where none came in time; its duration, and its cost, both in seconds; its body."""

    status: int
    seconds: float
    cost_s: float
    body: bytes = b""


@dataclass
class Service:
    """A running service, asked over one connection after the other, and its processes."""

    address: str
    timeout_s: float
    processes: Sequence[int] = ()

    def get(self, path: str, query: Mapping[str, str]) -> Response:
        """Return a response."""
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=self.timeout_s)
        began, start_cost_s = time.perf_counter(), sum(map(processor_seconds, self.processes))
        status, body = 0, b""
        with suppress(OSError), closing(connection):
            connection.request("GET", f"{path}?{urlencode(query)}", headers={"Accept": "application/json"})
            response = connection.getresponse()
            status, body = response.status, response.read()
        seconds = time.perf_counter() - began
        used_cost_s = sum(map(processor_seconds, self.processes)) - start_cost_s
        return Response(status, seconds, used_cost_s if self.processes else seconds, body)

    def rows(self, path: str, **query: str) -> list[dict[str, Any]]:
        """Return the rows of a list."""
        response = self.get(path, {"limit": "10000", **query})
        if response.status != http.HTTPStatus.OK:
            raise click.ClickException(f"{path}: {response.status} {response.body[:500]!r}")
        found: list[dict[str, Any]] = json.loads(response.body)["data"]
        return found


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process, of its children, and of those that ended."""
    process, total = Path(f"/proc/{pid}"), 0.0
    with suppress(OSError):
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        total = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
        children = " ".join((task / "children").read_text() for task in (process / "task").iterdir())
        total += sum(processor_seconds(int(child)) for child in children.split())
    return total


@dataclass
class Findings:
    """The responses of one resource: how many of each status, the dearest of those with figures, and the failures."""

    path: str
    statuses: Counter[int] = field(default_factory=Counter)
    dearest: tuple[Response, QueryParameters] = (Response(0, 0.0, 0.0), {})
    failed: list[tuple[int, QueryParameters]] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)

    def add(self, response: Response, query: QueryParameters) -> None:
        """Count a response."""
        self.statuses[response.status] += 1
        if response.status == http.HTTPStatus.OK and response.cost_s > self.dearest[0].cost_s:
            self.dearest = replace(response, body=b""), dict(query)
        if response.status == 0 or response.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            self.failed.append((response.status, dict(query)))
        if b"request-too-large" in response.body[:200]:
            self.refusals["too large"] += 1


class Search:
    """The search over the parameters of one resource, whose values are `choices`."""

    def __init__(self, service: Service, path: str, choices: Mapping[str, Sequence[str]], *, max_requests: int) -> None:
        self._service, self._path, self._choices = service, path, choices
        self._requests_left = max_requests
        self._costs: dict[tuple[tuple[str, str], ...], float] = {}
        self.findings = Findings(path)

    def climb(self, query: QueryParameters, random_source: random.Random) -> None:
        """Climb from a request until no change of one parameter makes the response cost more."""
        best, has_changed = self.cost(query), True
        while has_changed and self._requests_left > 0:
            has_changed = False
            for candidate in self._neighbours(query, random_source):
                if self._requests_left <= 0:
                    return
                if (cost := self.cost(candidate)) > best * 1.05:
                    query, best, has_changed = candidate, cost, True

    def _neighbours(self, query: QueryParameters, random_source: random.Random) -> Iterator[QueryParameters]:
        names = list(self._choices)
        random_source.shuffle(names)
        for name in names:
            if f"{{{name}}}" not in self._path and name in query and name != "reporter":
                yield {key: value for key, value in query.items() if key != name}
            for value in self._choices[name]:
                if query.get(name) != value:
                    yield query | {name: value}

    def cost(self, query: QueryParameters) -> float:
        """Return the cost of the response; nothing for a refusal."""
        key = tuple(sorted(query.items()))
        if key not in self._costs:
            path = self._path.format(**{name: quote(value, safe="") for name, value in query.items()})
            query_parameters = {name: value for name, value in query.items() if f"{{{name}}}" not in self._path}
            response = self._service.get(path, query_parameters)
            self.findings.add(response, query)
            is_refused = http.HTTPStatus.BAD_REQUEST <= response.status < http.HTTPStatus.INTERNAL_SERVER_ERROR
            self._costs[key] = 0.0 if is_refused else response.cost_s
            self._requests_left -= not is_refused
        return self._costs[key]


@dataclass(frozen=True)
class KnownValues:
    """Codes, datasets and days that the service lists."""

    reporters: Sequence[str]
    datasets: Sequence[str]
    partners: Sequence[str]
    groups: Sequence[str]
    commodities: Mapping[int, Sequence[str]]
    measures: Sequence[str]
    releases: Sequence[str]
    days: Sequence[str]
    last_period: str

    @property
    def last_year(self) -> int:
        """Return the year of the last period."""
        return int(self.last_period[:4])


def read_known_values(service: Service) -> KnownValues:
    """Return the values that the service lists."""
    reporters = service.rows("/v1/reporters")
    classification = reporters[0]["classification"]
    commodities: dict[int, list[str]] = {}
    for row in service.rows(f"/v1/classifications/{classification}"):
        commodities.setdefault(row["level"], []).append(row["code"])
    areas = service.rows("/v1/areas")
    releases = service.rows("/v1/releases")
    return KnownValues(
        reporters=sorted({row["reporter"] for row in reporters}),
        datasets=sorted(row["dataset"] for row in reporters),
        partners=[row["code"] for row in areas if row["kind"] == "country"],
        groups=[row["code"] for row in areas if row["kind"] == "group"],
        commodities=commodities,
        measures=[row["id"] for row in service.rows("/v1/measures")],
        releases=[row["release"] for row in releases],
        days=sorted({row["published_on"] for row in releases}),
        last_period=max(row["latest_period"] or "" for row in reporters),
    )


def parameter_choices(
    path: str, parameter: Mapping[str, Any], columns: Sequence[str], known_values: KnownValues
) -> list[str]:
    """Return the values of a parameter of a path that the search tries."""
    name, schema = parameter["name"], parameter["schema"]
    chapters, codes = (known_values.commodities.get(level, ()) for level in (2, 6))
    year = known_values.last_year
    special = {
        "reporter": [*known_values.reporters],
        "dataset": [*known_values.datasets],
        "partner": ["WLD", "all", known_values.groups[0], known_values.reporters[-1], ",".join(known_values.groups),
                    ",".join(known_values.partners[:LONG_LIST]),
                    ",".join([*known_values.groups, "all", "WLD"])],
        "commodity": ["TOTAL", "all", ",".join(chapters), ",".join(codes[::7][:LONG_LIST]), codes[0] if codes else ""],
        "level": ["2", "4", "6", "2,4,6"],
        "flow": ["X", "M", "X,M"],
        "period": ["latest", "all", f"{year}", f"{year - 1}..{year}", known_values.last_period],
        "frequency": ["M", "Q", "A"],
        "as_of": [*known_values.days[:1], *known_values.days[-1:]],
        "composition": [f"{year - 5}-06-30"],
        "currency": ["EUR", "JPY"],
        "fx": ["end", "average", f"{year}-06-28"],
        "classification": ["HS", "H6"],
        "sort": [f"{sign}{column}" for sign in ("-", "") for column in columns],
        "limit": ["10", "10000"],
        "count": ["exact"],
        "fields": ["value", "rank", "yoy_pct"],
        "world": [",".join(known_values.reporters)],
        "top": ["1", "50"],
        "code": {"partners": [*known_values.groups[:1], *known_values.partners[:1], "WLD"],
                 "commodities": ["TOTAL", *chapters[:1], *codes[:1]],
                 "measures": known_values.measures}.get(path.split("/")[2], []),
        "claimed": ["10"],
        "kind": [], "topic": [],
    }  # fmt: skip
    if name in special:
        return [value for value in special[name] if value]
    if schema.get("type") == "boolean":
        return ["true", "false"]
    examples = [parameter.get("example"), *(schema.get("examples") or ()), *(schema.get("enum") or ())]
    return [str(value) for value in examples if value is not None]


def searched_resources(
    document: Mapping[str, Any], known_values: KnownValues
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Yield the path of each resource with figures, and the values of its parameters."""
    for path, operations in document["paths"].items():
        operation = operations.get("get")
        if operation is None or not path.startswith("/v1/"):
            continue
        parameter_nodes = [*operations.get("parameters", ()), *operation.get("parameters", ())]
        parameters = [_resolve(document, each) for each in parameter_nodes]
        if (
            path in OTHER_PATHS
            or path.startswith(FIGURELESS_PATHS)
            or "as_of" not in {each["name"] for each in parameters}
        ):
            continue
        columns = _number_columns(document, operation)
        choices = {
            each["name"]: parameter_choices(path, each, columns, known_values)
            for each in parameters
            if each["in"] in {"query", "path"} and each["name"] not in UNSEARCHED
        }
        if choices.get("code") != []:  # some databases have no measures
            yield path, {name: values for name, values in choices.items() if values}
    last, year = known_values.last_period.replace("-", ""), known_values.last_year
    known_words = {
        "reporter": known_values.reporters[0],
        "dataset": known_values.datasets[0],
        "release": known_values.releases[0],
        "chapter": next(iter(known_values.commodities.get(2, ("TOTAL",)))),
    }
    comtrade_periods = {
        "latest": last,
        "12 months": ",".join(f"{year}{month:02}" for month in range(1, 13)),
        "2 years": f"{year - 1},{year}",
    }
    for path, choices in OTHER_PATHS.items():
        words = known_words | (
            comtrade_periods if path.startswith("/comtrade") else {"latest": known_values.last_period}
        )
        yield path, {name: [words.get(value, value) for value in values] for name, values in choices.items()}


def _resolve(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the object that a reference names; other objects unchanged."""
    if "$ref" not in node:
        return node
    target: Any = document
    for name in node["$ref"].removeprefix("#/").split("/"):
        target = target[name]
    return _resolve(document, target)


def _number_columns(document: Mapping[str, Any], operation: Mapping[str, Any]) -> list[str]:
    """Return the columns of the response that have numbers."""
    content = operation["responses"]["200"].get("content", {}).get("application/json", {})
    body = _resolve(document, content.get("schema", {}))
    data = _resolve(document, body.get("properties", {}).get("data", {}))
    properties = _resolve(document, data.get("items", {})).get("properties", {})
    types = {name: str(each.get("type")) for name, each in properties.items()}
    return [name for name, text in types.items() if "integer" in text or "number" in text]


def first_requests(
    path: str, choices: Mapping[str, Sequence[str]], known_values: KnownValues
) -> Iterator[QueryParameters]:
    """Yield the requests that the climbs of a resource begin with."""
    lists = {
        "reporter": known_values.reporters[-1],
        "groups": ",".join(known_values.groups),
        "chapters": ",".join(known_values.commodities.get(2, ())),
    }
    fixed = {"reporter": known_values.reporters[0], "period": known_values.last_period}
    for first in FIRST_REQUESTS:
        query = {name: values[0] for name, values in choices.items() if name in fixed or f"{{{name}}}" in path} | fixed
        query |= {name: lists.get(value, value) for name, value in first.items()}
        if "sort" in query and query["sort"] not in choices.get("sort", ()):
            query["sort"] = next((value for value in choices.get("sort", ()) if "value" in value), "")
        yield {name: value for name, value in query.items() if name in choices}


def search_all(service: Service, *, max_requests: int, seed: int, paths: Sequence[str]) -> list[Findings]:
    """Return the findings of each resource, and print them as they are made."""
    known_values, document, found = read_known_values(service), json.loads(DOCUMENT.read_text()), []
    for path, choices in searched_resources(document, known_values):
        if paths and path not in paths:
            continue
        search = Search(service, path, choices, max_requests=max_requests)
        firsts = (
            [{name: values[0] for name, values in choices.items()}]
            if path in OTHER_PATHS
            else list(first_requests(path, choices, known_values))
        )
        for query in sorted(firsts, key=search.cost, reverse=True):
            search.climb(query, random.Random(seed))  # noqa: S311 - no secret
        found.append(search.findings)
        click.echo(render_row(search.findings))
        for status, query in search.findings.failed[:5]:
            click.echo(f"    {status} {path}?{urlencode(query)[:600]}")
    return found


def render_row(findings: Findings) -> str:
    """Return the row of the table of one resource."""
    response, query = findings.dearest
    parameters = " ".join(f"{name}={_shorten(value)}" for name, value in query.items())
    counts = [findings.statuses.total(), findings.statuses[200], findings.refusals.total(), len(findings.failed)]
    cells = [f"`{findings.path}`", *map(str, counts), f"{response.cost_s:.2f} s", f"`{parameters}`"]
    return f"| {' | '.join(cells)} |"


def _shorten(value: str) -> str:
    """Return a value, or the first codes of a long list and their number."""
    codes = value.split(",")
    return value if len(codes) < 5 else f"{','.join(codes[:2])},… ({len(codes)} codes)"


def render_table(found: Sequence[Findings], *, size: str) -> str:
    """Return the table of all resources, with the machine and the size of the database above it."""
    machine = f"{os.cpu_count()} cores, Linux {platform.release().split('-')[0]}, Python {platform.python_version()}"
    header = ["resource", "requests", "200", "too large", "failed", "dearest", "its parameters"]
    lines = [f"| {' | '.join(header)} |", "|---|---:|---:|---:|---:|---:|---|"]
    return "\n".join([f"{machine}; {size}.", "", *lines, *map(render_row, found)])


@click.command()
@click.argument("address")
@click.option("--requests", default=150, show_default=True, help="Allowed requests for each resource.")
@click.option("--timeout", default=30.0, show_default=True, help="Seconds after which a response is given up.")
@click.option("--process", "processes", type=int, multiple=True, help="Process whose processor time is the cost.")
@click.option("--seed", default=1, show_default=True)
@click.option("--size", default="", help="Description of the database, for the page.")
@click.option("--output", type=click.Path(path_type=Path), help="Page whose table is replaced.")
@click.argument("paths", nargs=-1)
def main(
    address: str,
    requests: int,
    timeout: float,
    processes: tuple[int, ...],
    seed: int,
    size: str,
    output: Path | None,
    paths: tuple[str, ...],
) -> None:
    """Search the dearest allowed request of each resource, or of those of PATHS."""
    found = search_all(Service(address, timeout, processes), max_requests=requests, seed=seed, paths=paths)
    if output is not None:
        text = output.read_text()
        head, rest = text.split(BEGIN_MARKER)
        table = render_table(found, size=size)
        output.write_text(f"{head}{BEGIN_MARKER}\n{table}\n{END_MARKER}{rest.split(END_MARKER)[1]}")


if __name__ == "__main__":
    main()

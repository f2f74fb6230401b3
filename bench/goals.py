"""The goals, each a ratio or a bound within one run, beside the measured values."""

from collections.abc import Iterator
from typing import Any

from bench.catalog import QUERIES
from bench.environment import Environment
from bench.load_tests import speed_ratio

GUNICORN, GRANIAN, EMPTY, POSTGREST = (
    "tradeflows, gunicorn",
    "tradeflows, granian",
    "empty Flask view",
    "PostgREST, new",
)
SPEED_GOALS: tuple[tuple[str, str, dict[str, float]], ...] = (
    (f"{GUNICORN}, new", POSTGREST, dict.fromkeys(list(QUERIES)[:5], 0.9) | {"series": 1.3, "page_1000": 1.3}),
    (f"{GUNICORN}, cached", POSTGREST, dict.fromkeys(QUERIES, 2) | {"series": 4, "page_1000": 8}),
    (f"{GRANIAN}, new", POSTGREST, dict.fromkeys(QUERIES, 1) | {"series": 1.6}),
    (f"{GRANIAN}, cached", POSTGREST, dict.fromkeys(QUERIES, 4)),
    (f"{GUNICORN}, new", "FastAPI, asyncpg, new", dict.fromkeys(QUERIES, 1)),
    (f"{GUNICORN}, new", "Datasette, new", dict.fromkeys(QUERIES, 2)),
    (f"{GUNICORN}, new", "PostGraphile, new", dict.fromkeys(QUERIES, 2)),
    (f"{GUNICORN}, cached", f"{EMPTY}, gunicorn, new", dict.fromkeys(QUERIES, 0.9)),
    (f"{GUNICORN}, cached", f"{EMPTY}, gunicorn, same size", dict.fromkeys(QUERIES, 0.9)),
    (f"{GRANIAN}, cached", f"{EMPTY}, granian, new", dict.fromkeys(QUERIES, 0.9)),
    (f"{GRANIAN}, cached", f"{EMPTY}, granian, same size", dict.fromkeys(QUERIES, 0.9)),
)
"""A competitor in a mode, another to divide by, and the least ratio of each query."""
COST_GOALS = (
    ("costs", "row_ratio", "serialising rows over a bare msgspec struct", 1.2),
    ("costs", "series", "SQL of a series over fetching its raw inputs", 2.5),
    ("costs", "partners", "SQL of top 20 partners over fetching its raw inputs", 1),
    ("costs", "commodities", "SQL of top 20 chapters over fetching its raw inputs", 1),
    ("costs", "page_1000", "SQL of a page of 1,000 over fetching its raw inputs", 3),
    ("sizes", "slowest", "response times over the whole database over those over a small one, the slowest query", 1.3),
    ("exports", "ndjson", "export as NDJSON over COPY as CSV", 1.1),
    ("exports", "csv, zstd", "export as CSV with zstd over COPY as CSV", 1.3),
    ("exports", "parquet", "export as Parquet over COPY as CSV", 1.3),
    ("exports", "peak_mb", "peak memory of the process that exports, MB", 200),
    ("load", "cross product", "load of a full cross product over COPY into a bare table", 8),
    ("load", "sparse trade", "load of sparse trade over COPY into a bare table", 8),
    ("start", "first_response_s", "the demo, from clean checkout to first response, s", 60),
)
"""The name of a measurement, a field of it, its description, and its maximum."""


def speed_goals(environment: Environment) -> Iterator[list[str]]:
    """Yield a row of each pair: its description, and for each query the ratio, bold where missed, and the minimum."""
    queries = (environment.load("queries") or {"queries": {}})["queries"]
    for own, other, minima in SPEED_GOALS:
        tests = (queries.get(name, {"tests": {}})["tests"] for name in QUERIES)
        cells = (_speed_cell(each, own, other, minima.get(name)) for name, each in zip(QUERIES, tests, strict=True))
        yield [f"{own}, over {other.removesuffix(', new')}", *cells]


def _speed_cell(tests: dict[str, Any], own: str, other: str, minimum: float | None) -> str:
    if minimum is None:
        return ""
    if own not in tests or other not in tests:
        return f"- ({minimum:g})"
    ratio = speed_ratio(tests[own], tests[other])
    return f"{ratio:.2f} ({minimum:g})" if ratio >= minimum else f"**{ratio:.2f}** ({minimum:g})"


def cost_goals(environment: Environment) -> Iterator[list[str]]:
    """Yield a row of each other goal: description, maximum, measured value, and whether it is met."""
    for measurement, field, description, maximum in COST_GOALS:
        value = (environment.load(measurement) or {}).get(field)
        result = ["-", "not measured"] if value is None else [f"{value:.2f}", "yes" if value <= maximum else "**no**"]
        yield [description, f"at most {maximum:g}", *result]

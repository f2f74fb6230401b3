"""The goals, each a ratio or a bound within one run, beside the measured values."""

from collections.abc import Iterator
from typing import Any

from bench.catalog import QUERIES
from bench.environment import Environment
from bench.load_tests import CACHED, NEW, SAME_SIZE
from bench.measurement import find_rate, rates

GUNICORN, GRANIAN, EMPTY, POSTGREST = "tradeflows, gunicorn", "tradeflows, granian", "empty Flask view", "PostgREST"
SPEED_GOALS: tuple[tuple[tuple[str, str], tuple[str, str], dict[str, float]], ...] = (
    ((GUNICORN, NEW), (POSTGREST, NEW), dict.fromkeys(list(QUERIES)[:5], 0.9) | {"series": 1.3, "page_1000": 1.3}),
    ((GUNICORN, CACHED), (POSTGREST, NEW), dict.fromkeys(QUERIES, 2) | {"series": 4, "page_1000": 8}),
    ((GRANIAN, NEW), (POSTGREST, NEW), dict.fromkeys(QUERIES, 1) | {"series": 1.6}),
    ((GRANIAN, CACHED), (POSTGREST, NEW), dict.fromkeys(QUERIES, 4)),
    ((GUNICORN, NEW), ("FastAPI, asyncpg", NEW), dict.fromkeys(QUERIES, 1)),
    ((GUNICORN, NEW), ("Datasette", NEW), dict.fromkeys(QUERIES, 2)),
    ((GUNICORN, NEW), ("PostGraphile", NEW), dict.fromkeys(QUERIES, 2)),
    ((GUNICORN, CACHED), (f"{EMPTY}, gunicorn", NEW), dict.fromkeys(QUERIES, 0.9)),
    ((GUNICORN, CACHED), (f"{EMPTY}, gunicorn", SAME_SIZE), dict.fromkeys(QUERIES, 0.9)),
    ((GRANIAN, CACHED), (f"{EMPTY}, granian", NEW), dict.fromkeys(QUERIES, 0.9)),
    ((GRANIAN, CACHED), (f"{EMPTY}, granian", SAME_SIZE), dict.fromkeys(QUERIES, 0.9)),
)
"""A competitor and its mode, another to divide by, and the least ratio of each query."""
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
    results = (environment.load("queries") or {"queries": {}})["queries"]
    for own, other, minima in SPEED_GOALS:
        cells = (_speed_cell(results.get(name), own, other, minima.get(name)) for name in QUERIES)
        yield [f"{own[0]}, {own[1]}, over {other[0] if other[1] == NEW else ', '.join(other)}", *cells]


def _speed_cell(
    result: dict[str, Any] | None, own: tuple[str, str], other: tuple[str, str], minimum: float | None
) -> str:
    if minimum is None:
        return ""
    all_rates = rates(result["tests"] if result else [])
    own_rate, other_rate = find_rate(all_rates, *own), find_rate(all_rates, *other)
    if own_rate is None or other_rate is None:
        return f"- ({minimum:g})"
    ratio = own_rate.speed_ratio(other_rate)
    return f"{ratio:.2f} ({minimum:g})" if ratio >= minimum else f"**{ratio:.2f}** ({minimum:g})"


def cost_goals(environment: Environment) -> Iterator[list[str]]:
    """Yield a row of each other goal: description, maximum, measured value, and whether it is met."""
    for measurement, field, description, maximum in COST_GOALS:
        value = (environment.load(measurement) or {}).get(field)
        result = ["-", "not measured"] if value is None else [f"{value:.2f}", "yes" if value <= maximum else "**no**"]
        yield [description, f"at most {maximum:g}", *result]

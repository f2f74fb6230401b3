"""What the service's own work costs: its SQL over fetching the raw inputs, its rows over a bare struct, its Python.

    BENCH_HOME=FOLDER python -m bench.costs [ROUNDS]

All in this process, one at a time.
"""

import time
from collections.abc import Callable
from itertools import starmap
from statistics import median

import msgspec

from bench.environment import numbers_given, place
from bench.inside import Inside
from bench.queries import Asked
from bench.seed import started
from bench.time_spent import shares, time_spent
from service.api.serialization.row_structs import struct_factory
from service.db.connection.read_pool import ReadPool
from service.resources.flows.schemas import FlowRow

ROUNDS, TIMES, ROWS = 7, 40, 1000
KEYS = """
    SELECT d, bench.area($2) AS p, bench.flow($3) AS f, bench.commodity($4, d) AS c, bench.period($5) AS m
    FROM bench.dataset($1) AS d"""
RAW = {
    "series": """
        SELECT period, value FROM observation
        WHERE dataset_id = {d} AND partner_id = {p} AND commodity_id = {c} AND flow = {f} ORDER BY period""",
    "partners": """
        SELECT partner_id, period, value FROM observation
        WHERE dataset_id = {d} AND commodity_id = {c} AND flow = {f} AND period IN ({m}, {m} - 12)
          AND partner_id = ANY (ARRAY(SELECT id FROM area WHERE kind IN ('country', 'special')))""",
    "commodities": """
        SELECT commodity_id, flow, period, value FROM observation JOIN bench.level USING (dataset_id)
        WHERE dataset_id = {d} AND partner_id = {p} AND flow IN (1, 2) AND period IN ({m}, {m} - 12)
          AND level = 2 AND commodity_id BETWEEN first AND last""",
    "page_1000": """
        WITH page AS MATERIALIZED (
          SELECT partner_id, commodity_id, value FROM observation
          WHERE dataset_id = {d} AND period = {m} AND flow = {f} AND partner_id <> bench.area('WLD')
            AND commodity_id BETWEEN {good} AND {last_good}
          ORDER BY partner_id, commodity_id LIMIT 1000)
        SELECT {m} AS period, partner_id, commodity_id, value FROM page
        UNION ALL
        SELECT {m} - 12, partner_id, commodity_id, value FROM observation
        WHERE dataset_id = {d} AND period = {m} - 12 AND flow = {f} AND commodity_id BETWEEN {good} AND {last_good}
          AND (partner_id, commodity_id) <= (SELECT max(partner_id), {last_good} FROM page)""",
}
"""What each question is computed from: the rows that a program would have to fetch."""


def sql_costs(service: Inside, *, rounds: int) -> dict[str, float]:
    """Return how many times as long as fetching its raw inputs the service's SQL takes, for each question."""
    return {name: _sql_cost(service, name, rounds=rounds) for name in RAW}


def _sql_cost(service: Inside, name: str, *, rounds: int) -> float:
    sql, values = service.statement(name)
    reads, raw = service.reads, _raw(service.reads, name, service.wanted(name))
    return ratio(lambda: reads.read(sql, values), lambda: reads.read(raw), rounds=rounds)


def _raw(reads: ReadPool, name: str, wanted: Asked) -> bytes:
    words = {"partner": "WLD", "flow": "X", "commodity": "TOTAL", "period": "2023-01"} | wanted
    of = [words[word] for word in ("reporter", "partner", "flow", "commodity", "period")]
    d, p, f, c, m = reads.read(KEYS.encode(), of).rows[0]
    goods = f"SELECT first, last FROM bench.level WHERE dataset_id = {d} AND level = 6"
    good, last_good = reads.read(goods.encode()).rows[0]
    return RAW[name].format(d=d, p=p, f=f, c=c, m=m, good=good, last_good=last_good).encode()


def row_cost(*, rounds: int) -> float:
    """Return how many times as long as a bare struct a row of the service takes, made of values and written as JSON."""
    columns = FlowRow._declared_fields
    names = tuple(name for name in columns if name in EXAMPLE)
    values = [tuple(EXAMPLE[name] for name in names)] * ROWS
    bare = msgspec.defstruct("Bare", [(name, type(EXAMPLE[name])) for name in names], gc=False)
    own, write = struct_factory(FlowRow, names), msgspec.json.Encoder().encode
    return ratio(lambda: write(list(starmap(own, values))), lambda: write(list(starmap(bare, values))), rounds=rounds)


EXAMPLE = {
    "reporter": "JPN", "partner": "CHN", "flow": "X", "commodity": "870323", "classification": "H6", "frequency": "M",
    "period": "2024-01", "value": 1250314515000, "currency": "JPY", "obs_status": "A", "yoy_base": 967590296000,
    "yoy_change": 282724219000, "yoy_pct": 29.2194, "yoy_status": "ok", "pop_pct": -29.3,
}  # fmt: skip
"""A row of fifteen fields."""


def ratio(one: Callable[[], object], other: Callable[[], object], *, rounds: int) -> float:
    """Return how many times as long as the other one takes: in turns, each `TIMES` times, the median of the rounds."""
    one(), other()
    return median(_seconds(one) / _seconds(other) for _ in range(rounds))


def _seconds(work: Callable[[], object]) -> float:
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return median(took)


def main() -> None:
    """Measure, and write down what was measured."""
    (rounds,) = numbers_given(ROUNDS)
    where = place()
    service = Inside(started(where))
    where.note("sql", sql_costs(service, rounds=rounds))
    where.note("rows", {"rows": row_cost(rounds=rounds)})
    where.note("time", {"questions": time_spent(service), "shares": shares(service)})
    print(*(where.noted(name) for name in ("sql", "rows", "time")), sep="\n")


if __name__ == "__main__":
    main()

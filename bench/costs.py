"""What the service's own work costs: its SQL over fetching the raw inputs, its rows over a bare struct.

BENCH_HOME=FOLDER python -m bench.costs [ROUNDS]
"""

import time
from collections.abc import Callable, Sequence
from itertools import starmap
from statistics import median

import msgspec
from flask import Flask
from sqlalchemy import create_engine

from bench.contestants.tradeflows import Tradeflows
from bench.filling import started
from bench.place import numbers_given, place
from bench.questions import QUESTIONS, Asked, Question, World, asked, world_of
from service.api.structs import row_maker
from service.app import create_app
from service.config import sqlalchemy_url
from service.db.prepared import Read
from service.db.reads import Reads
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


def sql_costs(address: str, *, rounds: int) -> dict[str, float]:
    """Return how many times as long as fetching its raw inputs the service's SQL takes, for each question."""
    engine = create_engine(sqlalchemy_url(address))
    app, reads = create_app(engine, answer_cache_mb=0), Reads(engine)
    world = world_of(address)
    return {name: _sql_cost(app, reads, world, QUESTIONS[name], rounds=rounds) for name in RAW}


def _sql_cost(app: Flask, reads: Reads, world: World, question: Question, *, rounds: int) -> float:
    wanted = asked(question, world, seed="costs", number=1)[0] | {"reporter": world.reporters[0]}
    if question.name == "series":  # one without gaps
        wanted |= {"partner": world.partners[0], "commodity": world.chapters[1]}
    request = Tradeflows("gunicorn").request(question, wanted)
    assert request is not None
    sql, values = _asked_by(lambda: app.test_client().get(request.path))
    raw = _raw(reads, question.name, wanted)
    return ratio(lambda: reads.read(sql, values), lambda: reads.read(raw), rounds=rounds)


def _asked_by(ask: Callable[[], object]) -> tuple[bytes, Sequence[str]]:
    """Return the statement that answers with most rows while `ask` runs, and its values."""
    own, found = Reads.read, [(0, b"", ())]

    def read(self: Reads, sql: bytes, values: Sequence[str] = ()) -> Read:
        answer = own(self, sql, values)
        found.append((len(answer.rows), sql, tuple(values)))
        return answer

    Reads.read = read  # type: ignore[method-assign] # what is asked is only listened to
    try:
        ask()
    finally:
        Reads.read = own  # type: ignore[method-assign] # as above
    _, sql, values = max(found)
    assert sql, "nothing was asked of the database"
    return sql, values


def _raw(reads: Reads, name: str, wanted: Asked) -> bytes:
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
    own, write = row_maker(FlowRow, names), msgspec.json.Encoder().encode
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
    where.note("sql", sql_costs(started(where), rounds=rounds))
    where.note("rows", {"rows": row_cost(rounds=rounds)})
    print(where.noted("sql"), where.noted("rows"))


if __name__ == "__main__":
    main()

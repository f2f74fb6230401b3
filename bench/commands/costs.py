"""The parts of a response's time: SQL, Python by package, and both over a lower bound measured in turn.

The application runs in one process without a server and without its response cache. The time of the SQL is the
processor time that Linux gives to the processes of PostgreSQL.
"""

from collections.abc import Callable
from functools import partial
from itertools import starmap
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import click
import msgspec
import psycopg
from psycopg.rows import dict_row

from bench.catalog import QUERIES, Codes, Parameters, Query, choose_parameters
from bench.commands.seed import read_codes, start_database
from bench.competitors.tradeflows import Tradeflows
from bench.environment import ROOT, current_environment
from bench.in_process import Measure, in_process_application
from service.api.serialization.row_structs import struct_factory
from service.resources.flows.schemas import FlowRow

REPETITIONS, PROFILED_REPETITIONS, ROWS = 40, 100, 1000
KEYS = """
    SELECT d, bench.area(%(partner)s) AS p, bench.flow(%(flow)s) AS f, bench.commodity(%(commodity)s, d) AS c,
      bench.period(%(period)s) AS m, first_key, last_key
    FROM bench.dataset(%(reporter)s) AS d JOIN bench.level ON dataset_id = d AND level = 6"""
RAW_QUERIES = {
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
          AND level = 2 AND commodity_id BETWEEN first_key AND last_key""",
    "page_1000": """
        WITH page AS MATERIALIZED (
          SELECT partner_id, commodity_id, value FROM observation
          WHERE dataset_id = {d} AND period = {m} AND flow = {f} AND partner_id <> bench.area('WLD')
            AND commodity_id BETWEEN {first_key} AND {last_key}
          ORDER BY partner_id, commodity_id LIMIT 1000)
        SELECT {m} AS period, partner_id, commodity_id, value FROM page
        UNION ALL
        SELECT {m} - 12, partner_id, commodity_id, value FROM observation
        WHERE dataset_id = {d} AND period = {m} - 12 AND flow = {f} AND commodity_id BETWEEN {first_key} AND {last_key}
          AND (partner_id, commodity_id) <= (SELECT max(partner_id), {last_key} FROM page)""",
}
"""The rows that each query is computed from."""
EXAMPLE_ROW = {
    "reporter": "JPN", "partner": "CHN", "flow": "X", "commodity": "870323", "classification": "H6", "frequency": "M",
    "period": "2024-01", "value": 1250314515000, "currency": "JPY", "obs_status": "A", "yoy_base": 967590296000,
    "yoy_change": 282724219000, "yoy_pct": 29.2194, "yoy_status": "ok", "pop_pct": -29.3,
}  # fmt: skip


class PostgresClock:
    """The processor time of all connections to a database, in milliseconds since an arbitrary start."""

    def __init__(self, database_url: str) -> None:
        self._connection = psycopg.connect(database_url, autocommit=True)

    def ms(self) -> float:
        """Return the processor time of all connections but its own."""
        pids = self._connection.execute("""
            SELECT pid FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()""").fetchall()
        return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for (pid,) in pids) / 1e6

    def elapsed_ms(self, work: Callable[[], Any]) -> tuple[Any, float]:
        """Return the result of `work`, and the processor time that PostgreSQL takes while it runs."""
        began_ms = self.ms()
        return work(), self.ms() - began_ms


def response_costs(measure: Measure, clock: PostgresClock, paths: list[str]) -> dict[str, float]:
    """Return the milliseconds of a response: its duration, and the processor time of Python and of PostgreSQL."""
    times, sql_ms = clock.elapsed_ms(partial(measure, "time", paths))
    return times | {"sql_ms": sql_ms / len(paths)}


def cost_parameters(query: Query, codes: Codes) -> Parameters:
    """Return the parameters of a query, the same in every run; a series without gaps."""
    parameters = choose_parameters(query, codes, seed="costs", count=1)[0] | {"reporter": codes.reporters[0]}
    if query.name == "series":
        parameters |= {"partner": codes.partners[0], "commodity": codes.chapters[1]}
    return parameters


def query_costs(measure: Measure, database_url: str, codes: Codes, *, rounds: int) -> dict[str, dict[str, float]]:
    """Return for each query the milliseconds of a response, of Python and of SQL, and SQL over the raw inputs."""
    clock, costs = PostgresClock(database_url), {}
    with psycopg.connect(database_url, autocommit=True, prepare_threshold=0) as connection:
        for query in QUERIES.values():
            parameters = cost_parameters(query, codes)
            paths = [Tradeflows().request(query, parameters).path] * REPETITIONS
            raw_query = _raw_query(connection, query, parameters)
            measure("time", paths[:5])
            samples = []
            for _ in range(rounds):
                sample = response_costs(measure, clock, paths)
                if raw_query is not None:
                    _, raw_ms = clock.elapsed_ms(lambda: [connection.execute(raw_query).fetchall() for _ in paths])  # noqa: B023 - runs now
                    sample["sql_over_raw"] = REPETITIONS * sample["sql_ms"] / raw_ms
                samples.append(sample)
            costs[query.name] = {part: median(sample[part] for sample in samples) for part in samples[0]}
    return costs


def _raw_query(connection: psycopg.Connection, query: Query, parameters: Parameters) -> bytes | None:
    if query.name not in RAW_QUERIES:
        return None
    values = {"partner": "WLD", "flow": "X", "commodity": "TOTAL", "period": "2023-01"} | parameters
    keys = connection.cursor(row_factory=dict_row).execute(KEYS, values).fetchone() or {}
    return RAW_QUERIES[query.name].format(**keys).encode()


def row_cost(*, rounds: int) -> float:
    """Return the time of a row of the service, made of values and written as JSON, over that of a bare struct."""
    names = tuple(name for name in FlowRow._declared_fields if name in EXAMPLE_ROW)
    values = [tuple(EXAMPLE_ROW[name] for name in names)] * ROWS
    bare_row = msgspec.defstruct("BareRow", [(name, type(EXAMPLE_ROW[name])) for name in names], gc=False)
    service_row, encode = struct_factory(FlowRow, names), msgspec.json.Encoder().encode

    def seconds(row: Callable[..., object]) -> float:
        durations = []
        for _ in range(REPETITIONS):
            began = perf_counter()
            encode(list(starmap(row, values)))
            durations.append(perf_counter() - began)
        return median(durations)

    return median(seconds(service_row) / seconds(bare_row) for _ in range(rounds))


@click.command()
@click.option("--rounds", default=7, show_default=True)
def main(rounds: int) -> None:
    """Measure the costs of a response in one process."""
    environment = current_environment()
    database_url = start_database(environment)
    codes = read_codes(database_url)
    with in_process_application(ROOT, database_url, caches_responses=False) as measure:
        queries = query_costs(measure, database_url, codes, rounds=rounds)
        paths = [Tradeflows().request(query, cost_parameters(query, codes)).path for query in QUERIES.values()]
        shares = measure("shares", paths * PROFILED_REPETITIONS)
    goals = {name: cost["sql_over_raw"] for name, cost in queries.items() if "sql_over_raw" in cost}
    environment.save("costs", goals | {"row_ratio": row_cost(rounds=rounds), "queries": queries, "shares": shares})
    click.echo(environment.load("costs"))

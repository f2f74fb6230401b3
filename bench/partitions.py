"""The cost of the partitions of other datasets: a response of one dataset, with none and with many others beside it."""

import tempfile
from pathlib import Path

import click
import psycopg

from bench.catalog import PAGE_100, SERIES
from bench.competitors.tradeflows import Tradeflows
from bench.costs import PostgresClock, cost_parameters
from bench.environment import ROOT, Environment
from bench.in_process import in_process_application
from bench.report import format_number, markdown_table
from bench.seed import read_codes, seed_database

ROWS, REPETITIONS = 260_000, 50


@click.command()
@click.argument("counts", nargs=-1, type=int)
def main(counts: tuple[int, ...]) -> None:
    """Print the milliseconds of responses with COUNTS partitions, by default 1, 20 and 200."""
    rows, created = [], 1
    with tempfile.TemporaryDirectory() as folder:
        database_url = seed_database(Environment(Path(folder)), rows=ROWS, reporters=1)
        clock, codes = PostgresClock(database_url), read_codes(database_url)
        for count in sorted(counts) or (1, 20, 200):
            with psycopg.connect(database_url, autocommit=True) as connection:
                for key in range(created + 1, count + 1):
                    connection.execute(
                        f"CREATE TABLE empty_{key} PARTITION OF observation FOR VALUES IN ({-key})".encode()
                    )
                connection.execute("ANALYZE observation")
            created = count
            with in_process_application(ROOT, database_url, caches_responses=False) as measure:
                for query in (SERIES, PAGE_100):
                    path = Tradeflows("gunicorn").request(query, cost_parameters(query, codes)).path
                    first_ms = measure("time", [path])["ms"]
                    began = clock.ms()
                    response_ms = measure("time", [path] * REPETITIONS)["ms"]
                    sql_ms = (clock.ms() - began) / REPETITIONS
                    rows.append((query.title, count, *map(format_number, (first_ms, response_ms, sql_ms))))
    click.echo(markdown_table(("query", "partitions", "first response ms", "response ms", "SQL ms"), rows))

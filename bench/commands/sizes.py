"""A database of many million rows against a small one: the same queries, with responses of the same size."""

import sys

import click

from bench.catalog import QUERIES, choose_parameters
from bench.commands.seed import read_codes, seed_database, start_database
from bench.competitors.tradeflows import Tradeflows
from bench.environment import Environment, current_environment
from bench.load_tests import NEW, LoadTest, run_load_tests, speed_ratio

SMALL_ROWS = 260_000
"""Rows of one reporter, less than a million with their totals; a month of one flow still has a thousand."""


@click.command()
@click.option("--rounds", default=5, show_default=True)
@click.option("--seconds", default=2, show_default=True, help="Seconds of load in a round.")
def main(rounds: int, seconds: int) -> None:
    """Measure the service over both databases in turn."""
    environment = current_environment()
    small_environment = Environment(environment.folder("small"))
    small_url = seed_database(small_environment, rows=SMALL_ROWS, reporters=1)
    small, large = Tradeflows(name="small"), Tradeflows(name="large")
    # Both are asked for the one reporter that both have, so that both return the same number of rows.
    codes, ratios = read_codes(small_url), {}
    with small.started(small_environment, small_url), large.started(environment, start_database(environment)):
        for query in QUERIES.values():
            tests = [
                LoadTest(each, query, NEW, choose_parameters(query, codes, seed=each.name)) for each in (small, large)
            ]
            samples, failures = run_load_tests(tests, rounds=rounds, seconds=seconds)
            if failures:
                sys.exit(f"{query.title}: {failures}")
            ratios[query.name] = speed_ratio(*samples.values())
    environment.save("sizes", ratios | {"slowest": max(ratios.values())})
    click.echo(environment.load("sizes"))

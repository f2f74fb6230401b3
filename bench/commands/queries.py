"""The speed of all competitors in the six queries.

Every round puts load on one competitor after the other, so that other work on the machine affects all of them alike.
The failure of a competitor is stored with its reason, and the others go on.
"""

import os
import sys

import click

from bench.catalog import QUERIES, choose_parameters
from bench.commands.seed import read_codes, start_database
from bench.competitors.base import missing_wrk
from bench.competitors.registry import started_competitors
from bench.environment import current_environment
from bench.load_tests import MAX_WARM_UP_S, load_tests, run_load_tests
from bench.result_check import check_results

COMPARED_RESPONSES = 8


@click.command()
@click.option("--rounds", default=5, show_default=True)
@click.option("--seconds", default=2, show_default=True, help="Seconds of load in a round.")
@click.option(
    "--warm-up", default=MAX_WARM_UP_S, show_default=True, help="Most seconds of load before the first round."
)
def main(rounds: int, seconds: int, warm_up: int) -> None:
    """Measure the responses per second of all competitors."""
    if message := missing_wrk():
        sys.exit(message)
    environment, load_average = current_environment(), os.getloadavg()[0]
    database_url = start_database(environment)
    codes = read_codes(database_url)
    results: dict[str, object] = {}
    with started_competitors(environment, database_url) as (competitors, missing):
        for query in QUERIES.values():
            compared = choose_parameters(query, codes, seed="compared", count=COMPARED_RESPONSES)
            correct, faults = check_results(query, competitors, compared)
            tests, failures = run_load_tests(
                load_tests(query, correct, codes), rounds=rounds, seconds=seconds, warm_up_s=warm_up
            )
            click.echo(f"{query.title} {faults | failures or ''}")
            results[query.name] = {"faults": faults | failures, "tests": tests}
            run = {"rounds": rounds, "seconds": seconds, "load_average": load_average, "missing": missing}
            environment.save("queries", run | {"queries": results})

"""The speed of all competitors in the six queries.

Every round puts load on one competitor after the other, so that other work on the machine affects all of them alike.
The failure of a competitor is stored with its reason, and the others go on.
"""

import os

import click

from bench.catalog import QUERIES
from bench.commands.seed import read_codes, start_database
from bench.competitors.registry import started_competitors
from bench.environment import current_environment
from bench.load_tests import MAX_WARM_UP_S, measure_query, require_wrk


@click.command()
@click.option("--rounds", default=5, show_default=True)
@click.option("--seconds", default=2, show_default=True, help="Seconds of load in a round.")
@click.option(
    "--warm-up", default=MAX_WARM_UP_S, show_default=True, help="Most seconds of load before the first round."
)
def main(rounds: int, seconds: int, warm_up: int) -> None:
    """Measure the responses per second of all competitors."""
    require_wrk()
    environment, load_average = current_environment(), os.getloadavg()[0]
    database_url = start_database(environment)
    codes, results = read_codes(database_url), {}
    with started_competitors(environment, database_url) as (competitors, missing):
        for query in QUERIES.values():
            result = measure_query(query, competitors, codes, rounds=rounds, seconds=seconds, warm_up_s=warm_up)
            click.echo(f"{query.title} {result['faults'] or ''}")
            results[query.name] = result
            run = {"rounds": rounds, "seconds": seconds, "load_average": load_average, "missing": missing}
            environment.save("queries", run | {"queries": results})

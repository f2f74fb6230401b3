"""Two checkouts of the service in one interleaved run: the speed of the later one over that of the earlier one.

ASSUMPTION: both read the schema of the seeded database. Where they do not, seed an environment by the earlier checkout,
and name it by --earlier-home: generated figures are the same in every environment.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

import click

from bench.catalog import EXPORT, QUERIES, Codes, choose_parameters, common_codes
from bench.commands.costs import REPETITIONS, PostgresClock, response_costs
from bench.commands.exports import time_exports
from bench.commands.report import format_number, markdown_table
from bench.commands.seed import read_codes, start_database
from bench.competitors.tradeflows import Tradeflows
from bench.environment import Environment, current_environment
from bench.in_process import in_process_application
from bench.load_tests import CACHED, NEW, measure_query, require_wrk

MIN_RATIO = 0.95
CHECKOUT = click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path)
Measurement = tuple[str, Sequence[float], Sequence[float], bool]
"""A measure, its values for the earlier and the later checkout in each round, and whether more is faster."""


def measure_costs(
    urls: Sequence[str], checkouts: Sequence[Path], codes: Codes, *, rounds: int
) -> Iterator[Measurement]:
    """Yield the processor time of a new response without a server, in milliseconds: of Python, and of PostgreSQL."""
    clocks = [PostgresClock(url) for url in urls]
    with ExitStack() as stack:
        applications = [
            stack.enter_context(in_process_application(*pair)) for pair in zip(checkouts, urls, strict=True)
        ]
        for query in QUERIES.values():
            parameters = choose_parameters(query, codes, seed="compare", count=(rounds + 1) * REPETITIONS)
            paths = [Tradeflows().request(query, each).path for each in parameters]
            batches = [paths[first : first + REPETITIONS] for first in range(0, len(paths), REPETITIONS)]
            samples = [
                [response_costs(*pair, batch) for pair in zip(applications, clocks, strict=True)] for batch in batches
            ]
            for part, name in (("processor_ms", "Python"), ("sql_ms", "PostgreSQL")):
                earlier, later = ([sample[number][part] for sample in samples[1:] or samples] for number in (0, 1))
                yield f"{query.title}, ms of {name}", earlier, later, False


def measure_speed(services: Sequence[Tradeflows], codes: Codes, *, rounds: int, seconds: int) -> Iterator[Measurement]:
    """Yield the responses per second of new and of cached responses, over HTTP."""
    for query in QUERIES.values():
        result = measure_query(query, services, codes, rounds=rounds, seconds=seconds)
        if result["faults"]:
            sys.exit(f"{query.title}: {result['faults']}")
        for mode in (NEW, CACHED):
            earlier, later = (
                [sample["per_second"] for sample in result["tests"][f"{service.name}, {mode}"]] for service in services
            )
            yield f"{query.title}, {services[0].server}, {mode}, responses/s", earlier, later, True


def measure_exports(services: Sequence[Tradeflows], codes: Codes, *, rounds: int) -> Iterator[Measurement]:
    """Yield the seconds of the export in each format."""
    parameters = choose_parameters(EXPORT, codes, seed="export", count=1)[0]
    for export_format in services[0].export_formats:
        exports = {each.name: partial(each.export_chunks, parameters, export_format) for each in services}
        earlier, later = time_exports(exports, rounds=rounds + 1).values()
        yield f"export as {export_format}, {services[0].server}, s", earlier[1:], later[1:], False


def measure_checkouts(
    environments: Sequence[Environment], checkouts: Sequence[Path], *, rounds: int, seconds: int
) -> Iterator[Measurement]:
    """Yield all measures of both checkouts, each over the database of its environment."""
    urls = [start_database(each) for each in environments]
    codes = common_codes(*map(read_codes, urls))
    yield from measure_costs(urls, checkouts, codes, rounds=rounds)
    for server in ("gunicorn", "granian"):
        names = (f"{server}, earlier", f"{server}, later")
        services = [Tradeflows(server, checkout, name=name) for checkout, name in zip(checkouts, names, strict=True)]
        with services[0].started(environments[0], urls[0]), services[1].started(environments[1], urls[1]):
            yield from measure_speed(services, codes, rounds=rounds, seconds=seconds)
            yield from measure_exports(services, codes, rounds=rounds)


@click.command()
@click.argument("earlier", type=CHECKOUT)
@click.argument("later", type=CHECKOUT)
@click.option("--rounds", default=5, show_default=True)
@click.option("--seconds", default=2, show_default=True, help="Seconds of load in a round.")
@click.option("--earlier-home", type=CHECKOUT, help="Environment of the earlier checkout.")
def main(earlier: Path, later: Path, rounds: int, seconds: int, earlier_home: Path | None) -> None:
    """Compare the checkout LATER with the checkout EARLIER; exit with 1 where it is slower in any measure."""
    require_wrk()
    environment, rows, slower = current_environment(), [], []
    environments = [Environment(earlier_home) if earlier_home else environment, environment]
    for name, old, new, more_is_faster in measure_checkouts(
        environments, [earlier, later], rounds=rounds, seconds=seconds
    ):
        ratio = median((b / a if more_is_faster else a / b) for a, b in zip(old, new, strict=True))
        rows.append((name, format_number(median(old)), format_number(median(new)), f"{ratio:.2f}"))
        slower += [name] if ratio < MIN_RATIO else []
        click.echo(": ".join((name, " ".join(rows[-1][1:]))), err=True)
    click.echo(markdown_table(("measure", "earlier", "later", "times as fast"), rows))
    click.echo(f"{len(slower)} of {len(rows)} measures are slower than {MIN_RATIO}: {'; '.join(slower) or 'none'}")
    sys.exit(bool(slower))

"""Two checkouts of the service in one interleaved run: the speed of the later one over that of the earlier one.

ASSUMPTION: both read the schema of the seeded database. Where they do not, seed an environment by the earlier checkout,
and name it by --earlier-home: generated figures are the same in every environment.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import click

from bench.catalog import EXPORT, QUERIES, Codes, choose_parameters
from bench.commands.costs import PostgresClock
from bench.commands.report import format_number, markdown_table
from bench.commands.seed import read_codes, start_database
from bench.competitors.base import missing_wrk
from bench.competitors.tradeflows import Tradeflows
from bench.environment import Environment, current_environment
from bench.in_process import in_process_application
from bench.load_tests import load_tests, run_load_tests
from bench.measurement import rates
from bench.result_check import check_results

MIN_RATIO = 0.95
COMPARED_RESPONSES, REPETITIONS = 8, 40
Comparison = tuple[str, float, float, float]
"""A measure, the medians of the earlier and the later checkout, and the median of the rounds' ratios of speed."""


def compare_costs(urls: Sequence[str], checkouts: Sequence[Path], codes: Codes, *, rounds: int) -> Iterator[Comparison]:
    """Yield the processor time of a new response without a server, in milliseconds: of Python, and of PostgreSQL."""
    clocks = [PostgresClock(url) for url in urls]
    with ExitStack() as stack:
        applications = [
            stack.enter_context(in_process_application(*pair)) for pair in zip(checkouts, urls, strict=True)
        ]
        for query in QUERIES.values():
            parameters = choose_parameters(query, codes, seed="compare", count=(rounds + 1) * REPETITIONS)
            paths = [Tradeflows().request(query, each).path for each in parameters]
            samples = []
            for first in range(0, len(paths), REPETITIONS):
                batch, sample = paths[first : first + REPETITIONS], []
                for measure, clock in zip(applications, clocks, strict=True):
                    sql_began = clock.ms()
                    python_ms = measure("time", batch)["processor_ms"]
                    sample.append((python_ms, (clock.ms() - sql_began) / len(batch)))
                samples.append(sample)
            for number, part in enumerate(("Python", "PostgreSQL")):
                pairs = [(earlier[number], later[number]) for earlier, later in samples[1:] or samples]
                yield _comparison(f"{query.title}, ms of {part}", pairs, more_is_faster=False)


def compare_speed(services: Sequence[Tradeflows], codes: Codes, *, rounds: int, seconds: int) -> Iterator[Comparison]:
    """Yield the responses per second of new and of cached responses, over HTTP."""
    for query in QUERIES.values():
        compared = choose_parameters(query, codes, seed="compared", count=COMPARED_RESPONSES)
        _, faults = check_results(query, services, compared)
        summaries, failures = run_load_tests(load_tests(query, services, codes), rounds=rounds, seconds=seconds)
        if faults | failures:
            sys.exit(f"{query.title}: {faults | failures}")
        earlier_new, earlier_cached, later_new, later_cached = rates(summaries)
        for earlier, later in ((earlier_new, later_new), (earlier_cached, later_cached)):
            pairs = list(zip(earlier.per_second, later.per_second, strict=True))
            yield _comparison(
                f"{query.title}, {services[0].server}, {earlier.mode}, responses/s", pairs, more_is_faster=True
            )


def compare_exports(services: Sequence[Tradeflows], codes: Codes, *, rounds: int) -> Iterator[Comparison]:
    """Yield the seconds of the export in each format."""
    parameters = choose_parameters(EXPORT, codes, seed="export", count=1)[0]
    for export_format in services[0].export_formats:
        samples = []
        for _ in range(rounds + 1):
            durations = []
            for service in services:
                began = time.perf_counter()
                for _ in service.export_chunks(parameters, export_format):
                    pass
                durations.append(time.perf_counter() - began)
            samples.append(durations)
        pairs = [(earlier, later) for earlier, later in samples[1:]]
        yield _comparison(f"export as {export_format}, {services[0].server}, s", pairs, more_is_faster=False)


def _comparison(measure: str, pairs: Sequence[tuple[float, float]], *, more_is_faster: bool) -> Comparison:
    ratios = [later / earlier if more_is_faster else earlier / later for earlier, later in pairs]
    earlier, later = (median(values) for values in zip(*pairs, strict=True))
    click.echo(f"{measure}: {format_number(earlier)} {format_number(later)} {median(ratios):.2f}", err=True)
    return measure, earlier, later, median(ratios)


@click.command()
@click.argument("earlier", type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path))
@click.argument("later", type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path))
@click.option("--rounds", default=5, show_default=True)
@click.option("--seconds", default=2, show_default=True, help="Seconds of load in a round.")
@click.option(
    "--earlier-home", type=click.Path(exists=True, path_type=Path), help="Environment of the earlier checkout."
)
def main(earlier: Path, later: Path, rounds: int, seconds: int, earlier_home: Path | None) -> None:
    """Compare the checkout LATER with the checkout EARLIER; exit with 1 where it is slower in any measure."""
    if message := missing_wrk():
        sys.exit(message)
    environment = current_environment()
    environments = [Environment(earlier_home.absolute()) if earlier_home else environment, environment]
    urls, checkouts = [start_database(each) for each in environments], [earlier, later]
    codes = read_codes(urls[1])
    comparisons = list(compare_costs(urls, checkouts, codes, rounds=rounds))
    for server in ("gunicorn", "granian"):
        services = [Tradeflows(server, checkout) for checkout in checkouts]
        for service, moment in zip(services, ("earlier", "later"), strict=True):
            service.name = f"{server}, {moment}"
        with services[0].started(environments[0], urls[0]), services[1].started(environments[1], urls[1]):
            comparisons += compare_speed(services, codes, rounds=rounds, seconds=seconds)
            comparisons += compare_exports(services, codes, rounds=rounds)
    rows = [(name, format_number(old), format_number(new), f"{ratio:.2f}") for name, old, new, ratio in comparisons]
    click.echo(markdown_table(("measure", "earlier", "later", "times as fast"), rows))
    slower = [name for name, *_, ratio in comparisons if ratio < MIN_RATIO]
    click.echo(
        f"{len(slower)} of {len(comparisons)} measures are slower than {MIN_RATIO}: {'; '.join(slower) or 'none'}"
    )
    sys.exit(bool(slower))

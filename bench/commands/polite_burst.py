"""Polite bursts and overload: compare how two checkouts serve them, in one interleaved run.

    python -m bench polite_burst ROUNDS NAME=CHECKOUT [NAME=CHECKOUT ...] [--overload] [--no-cache]

A polite burst is a number of clients, each of which waits for its response before it sends its next request. An
overload sends twice as many requests a second as the service can answer, whether they are answered or not. Every
checkout is served by its own `tradeflows serve` with default settings, over the same embedded PostgreSQL with the demo;
--no-cache switches the response cache off, so that each response of an overload is computed. A line of
JSON is printed for each run, a table of medians at the end.
"""

import json
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count, islice, product
from pathlib import Path
from statistics import median

import click
import urllib3

from bench.commands.seed import run_tradeflows
from bench.competitors.tradeflows import NO_CACHE, Tradeflows
from bench.environment import Environment
from service.db.embedded.server import shared_server
from tests.support.faults.open_loop_load import find_peak_goodput, generate_load
from tests.support.statistics import p99_ms

BURSTS = ((16, 400), (64, 1600))
"""Clients, and the requests that they send together."""
BURST_PARTNERS = (
    "USA", "CHN", "KOR", "DEU", "AUS", "THA", "VNM", "GBR", "FRA", "ITA", "CAN", "MEX", "BRA", "IND", "IDN",
)  # fmt: skip
BURST_MONTHS = [f"{year}-{month:02}" for year in (2023, 2024) for month in range(1, 13)][:20]
EQUAL_PATH = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
WARM_UP_REQUESTS, OVERLOAD_PATHS = 40, 1000
CLIENT_TIMEOUT_S, OVERLOAD_S, STEP_S = 30, 8, 2
Figures = dict[str, float | None]


def distinct_paths() -> Iterator[str]:
    """Yield addresses of different responses without end."""
    for limit in count(100):
        for partner, month, flow, table in product(BURST_PARTNERS, BURST_MONTHS, "XM", ("flows", "commodities")):
            yield f"/v1/{table}?reporter=JPN&partner={partner}&flow={flow}&period={month}&limit={limit}"


def polite_burst(address: str, clients: int, paths: list[str]) -> Figures:
    """Send `paths` from a number of clients, and return the refusals, responses a second and waits in milliseconds."""

    def send(path: str) -> tuple[int | str, float]:
        sent_at = time.monotonic()
        try:
            status: int | str = connections.urlopen("GET", path, retries=False).status
        except urllib3.exceptions.HTTPError as error:
            status = type(error).__name__
        return status, time.monotonic() - sent_at

    with (
        urllib3.connection_from_url(address, maxsize=clients, timeout=CLIENT_TIMEOUT_S) as connections,
        ThreadPoolExecutor(clients) as threads,
    ):
        began = time.monotonic()
        statuses, waits_s = zip(*threads.map(send, paths), strict=True)
        ok_count = statuses.count(200)
        return {
            "refused": len(paths) - ok_count,
            "answered_per_s": round(ok_count / (time.monotonic() - began)),
            "p99_ms": round(p99_ms(waits_s)),
            **_status_counts(statuses),
        }


def overload(address: str, paths: list[str]) -> Figures:
    """Send twice the rate of the peak goodput, and return the goodput, and how long refused clients waited."""
    peak = find_peak_goodput(address, *paths, seconds=STEP_S)
    result = generate_load(address, 2 * peak, *paths, seconds=OVERLOAD_S)
    return {
        "peak_per_s": round(peak),
        "goodput_per_s": round(result.goodput),
        "goodput_pct": round(100 * result.goodput / peak),
        "answered_p99_ms": round(result.p99_ms) if result.statuses[200] else None,
        "refused_max_ms": round(1000 * max(took for _, _, took, _ in result.refusals)) if result.refusals else None,
        **_status_counts(result.statuses.elements()),
    }


def _status_counts(statuses: Iterable[int | str]) -> Figures:
    return {f"status {status}": count for status, count in Counter(statuses).items()}


def measure(address: str, distinct: Iterator[str], *, includes_overload: bool) -> Iterator[tuple[str, Figures]]:
    """Yield the name and the figures of each burst and overload."""
    for clients, requests in BURSTS:
        for name, paths in (("distinct", list(islice(distinct, requests))), ("equal", [EQUAL_PATH] * requests)):
            yield f"{requests} {name}, {clients} clients", polite_burst(address, clients, paths)
    if includes_overload:
        # The client takes its paths from the command line, in turn; without a cache each one is computed each time.
        yield "twice the load, distinct", overload(address, list(islice(distinct, OVERLOAD_PATHS)))
        yield "twice the load, equal", overload(address, [EQUAL_PATH])


def run_rounds(rounds: int, addresses: Mapping[str, str], *, includes_overload: bool) -> dict[str, list[Figures]]:
    """Measure all services in turn, in another order each round, and print the figures of each run."""
    results: dict[str, list[Figures]] = defaultdict(list)
    distinct = {name: distinct_paths() for name in addresses}
    for name, address in addresses.items():
        polite_burst(address, 2, list(islice(distinct[name], WARM_UP_REQUESTS)))
    for number in range(rounds):
        names = sorted(addresses, reverse=bool(number % 2))
        runs = [measure(addresses[name], distinct[name], includes_overload=includes_overload) for name in names]
        for bursts in zip(*runs, strict=True):
            for name, (burst, figures) in zip(names, bursts, strict=True):
                results[f"{burst} | {name}"].append(figures)
                click.echo(json.dumps({"round": number, "checkout": name, "burst": burst} | figures))
    return results


@click.command()
@click.argument("rounds", type=int)
@click.argument("checkouts", nargs=-1, required=True, metavar="NAME=CHECKOUT...")
@click.option("--overload", "includes_overload", is_flag=True, help="Send twice the rate of the peak, too.")
@click.option("--no-cache", is_flag=True, help="Disable the response cache.")
def main(rounds: int, checkouts: tuple[str, ...], includes_overload: bool, no_cache: bool) -> None:
    """Serve all checkouts side by side and measure them in turn."""
    with ExitStack() as stack:
        environment = Environment(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tradeflows-burst-"))))
        database_url = stack.enter_context(shared_server(environment.home))
        run_tradeflows("load", "demo", database_url=database_url)
        addresses = {}
        for name, checkout in (each.split("=", 1) for each in checkouts):
            settings = NO_CACHE if no_cache else {}
            service = Tradeflows(checkout=Path(checkout).absolute(), name=name, settings=settings)
            stack.enter_context(service.started(environment, database_url))
            addresses[name] = service.address
        for burst, runs in sorted(run_rounds(rounds, addresses, includes_overload=includes_overload).items()):
            values = {name: [run[name] for run in runs if run.get(name) is not None] for name in runs[0]}
            medians = (f"{name} {median(each):g}" for name, each in values.items() if each)
            click.echo(f"{burst} | {', '.join(medians)}")

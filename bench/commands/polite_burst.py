"""Polite bursts and overload: compare how two checkouts serve them, in one interleaved run.

    python -m bench polite_burst ROUNDS NAME=CHECKOUT [NAME=CHECKOUT ...] [--overload] [--no-cache]

A polite burst is a number of clients, each of which waits for its response before it sends its next request. An
overload sends twice as many requests a second as the service can answer, whether they are answered or not. Every
checkout is served by its own `tradeflows serve` with default settings, over the same embedded PostgreSQL with the demo;
--no-cache switches the response cache off, so that each response of an overload is computed. A line of
JSON is printed for each run, a table of medians at the end.
"""

import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from itertools import count, islice, product
from pathlib import Path
from urllib.parse import urlsplit

import click

from bench.commands.seed import run_tradeflows
from bench.competitors.tradeflows import Tradeflows
from bench.environment import Environment
from bench.in_process import CACHE_SETTINGS
from service.db.embedded.server import shared_server

BURSTS = ((16, 400), (64, 1600))
"""Clients, and the requests that they send together."""
BURST_PARTNERS = (
    "USA",
    "CHN",
    "KOR",
    "DEU",
    "AUS",
    "THA",
    "VNM",
    "GBR",
    "FRA",
    "ITA",
    "CAN",
    "MEX",
    "BRA",
    "IND",
    "IDN",
)
BURST_MONTHS = [f"{year}-{month:02}" for year in (2023, 2024) for month in range(1, 13)][:20]
EQUAL_PATH = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
WARM_UP_REQUESTS, OVERLOAD_PATHS = 40, 1000
CLIENT_TIMEOUT_S = 30
OVERLOAD_S, STEP_S, FIRST_RATE, RATE_GROWTH = 8, 2, 100, 1.4
OPEN_LOOP_CLIENT = "tests.support.faults.open_loop_client"

Measurement = tuple[str, dict[str, object]]
Results = dict[tuple[str, str], list[dict[str, object]]]


def distinct_paths() -> Iterator[str]:
    """Yield addresses of different responses without end."""
    for limit in count(100):
        for partner, month, flow, table in product(BURST_PARTNERS, BURST_MONTHS, "XM", ("flows", "commodities")):
            yield f"/v1/{table}?reporter=JPN&partner={partner}&flow={flow}&period={month}&limit={limit}"


def polite_burst(address: tuple[str, int], clients: int, paths: list[str]) -> dict[str, object]:
    """Send `paths` from a number of clients, and return the statuses, responses a second and waits in milliseconds."""
    remaining, lock = iter(paths), threading.Lock()
    statuses: Counter[int | str] = Counter()
    waits_ms: list[float] = []
    start = threading.Barrier(clients + 1)

    def run_client() -> None:
        connection = http.client.HTTPConnection(*address, timeout=CLIENT_TIMEOUT_S)
        start.wait()
        while True:
            with lock:
                path = next(remaining, None)
            if path is None:
                return
            sent_at = time.monotonic()
            status = _status(connection, path)
            with lock:
                statuses[status] += 1
                waits_ms.append(1000 * (time.monotonic() - sent_at))

    threads = [threading.Thread(target=run_client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    start.wait()
    started_at = time.monotonic()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - started_at
    return {
        "refused": len(paths) - statuses[200],
        "answered_per_s": round(statuses[200] / seconds),
        "p99_ms": round(statistics.quantiles(waits_ms, n=100)[98]),
        "statuses": {str(status): count for status, count in statuses.items()},
    }


def _status(connection: http.client.HTTPConnection, path: str) -> int | str:
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return type(error).__name__
    return response.status


def open_loop(address: tuple[str, int], rate: float, paths: list[str], *, seconds: float) -> list[list[object]]:
    """Return the outcomes of so many requests a second: status, Retry-After, seconds, second of the response."""
    command = [sys.executable, "-m", OPEN_LOOP_CLIENT, address[0], str(address[1]), str(seconds), str(rate), *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def goodput(outcomes: list[list[object]], seconds: float) -> float:
    """Return how many requests a second were answered with 200 while they were sent."""
    return sum(status == 200 and float(str(response_s)) <= seconds for status, _, _, response_s in outcomes) / seconds


def overload(address: tuple[str, int], paths: list[str]) -> dict[str, object]:
    """Send twice the rate of the peak goodput, and return the goodput, and how long refused clients waited."""
    peak, rate, steps_without_gain = 0.0, float(FIRST_RATE), 0
    while steps_without_gain < 2:
        reached = goodput(open_loop(address, rate, paths, seconds=STEP_S), STEP_S)
        steps_without_gain = 0 if reached > peak else steps_without_gain + 1
        peak, rate = max(peak, reached), rate * RATE_GROWTH
    outcomes = open_loop(address, 2 * peak, paths, seconds=OVERLOAD_S)
    ok_durations_s = sorted(float(str(took)) for status, _, took, _ in outcomes if status == 200)
    refused = sorted(float(str(took)) for status, _, took, _ in outcomes if status in {429, 503})
    return {
        "peak_per_s": round(peak),
        "goodput_per_s": round(goodput(outcomes, OVERLOAD_S)),
        "goodput_pct": round(100 * goodput(outcomes, OVERLOAD_S) / peak),
        "answered_p99_ms": round(1000 * ok_durations_s[int(len(ok_durations_s) * 0.99)]) if ok_durations_s else None,
        "refused_max_ms": round(1000 * refused[-1]) if refused else None,
        "statuses": dict(Counter(str(status) for status, *_ in outcomes)),
    }


class UncachedTradeflows(Tradeflows):
    """The service of a checkout without its response cache."""

    def command(self, environment: Environment, database_url: str, port: int) -> tuple[list[str], dict[str, str]]:
        """Return the command of the service, and its variables with the setting that disables the cache."""
        command, variables = super().command(environment, database_url, port)
        return command, variables | dict.fromkeys(CACHE_SETTINGS, "0")


def measure(address: tuple[str, int], distinct: Iterator[str], *, includes_overload: bool) -> Iterator[Measurement]:
    """Yield the name and the figures of each burst and overload."""
    for clients, requests in BURSTS:
        yield (
            f"{requests} distinct, {clients} clients",
            polite_burst(address, clients, list(islice(distinct, requests))),
        )
        yield f"{requests} equal, {clients} clients", polite_burst(address, clients, [EQUAL_PATH] * requests)
    if includes_overload:
        # The client takes its paths from the command line, in turn; without a cache each one is computed each time.
        yield "twice the load, distinct", overload(address, list(islice(distinct, OVERLOAD_PATHS)))
        yield "twice the load, equal", overload(address, [EQUAL_PATH])


def run_rounds(rounds: int, addresses: Mapping[str, tuple[str, int]], *, includes_overload: bool) -> Results:
    """Measure all services in turn, in another order each round, and print the figures of each run."""
    results: Results = defaultdict(list)
    distinct = {name: distinct_paths() for name in addresses}
    for name, address in addresses.items():
        polite_burst(address, 2, list(islice(distinct[name], WARM_UP_REQUESTS)))
    for number in range(rounds):
        names = sorted(addresses, reverse=bool(number % 2))
        runs = [measure(addresses[name], distinct[name], includes_overload=includes_overload) for name in names]
        for figures_of_a_burst in zip(*runs, strict=True):
            for name, (burst, figures) in zip(names, figures_of_a_burst, strict=True):
                results[burst, name].append(figures)
                print(json.dumps({"round": number, "checkout": name, "burst": burst} | figures), flush=True)
    return results


def print_medians(results: Results) -> None:
    """Print the median of each figure over the rounds."""
    for (burst, name), runs in sorted(results.items()):
        medians = {
            key: statistics.median(float(str(run[key])) for run in runs if run[key] is not None)
            for key in runs[0]
            if key != "statuses" and any(run[key] is not None for run in runs)
        }
        print(f"{burst} | {name} | " + ", ".join(f"{key} {value:g}" for key, value in medians.items()))


@click.command()
@click.argument("rounds", type=int)
@click.argument("checkouts", nargs=-1, required=True, metavar="NAME=CHECKOUT...")
@click.option("--overload", "includes_overload", is_flag=True, help="Send twice the rate of the peak, too.")
@click.option("--no-cache", is_flag=True, help="Disable the response cache.")
def main(rounds: int, checkouts: tuple[str, ...], includes_overload: bool, no_cache: bool) -> None:
    """Serve all checkouts side by side and measure them in turn."""
    service_class = UncachedTradeflows if no_cache else Tradeflows
    with ExitStack() as stack:
        environment = Environment(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tradeflows-burst-"))))
        database_url = stack.enter_context(shared_server(environment.home))
        run_tradeflows("load", "demo", database_url=database_url)
        addresses = {}
        for name, checkout in (each.split("=", 1) for each in checkouts):
            service = service_class(checkout=Path(checkout).absolute())
            service.name = name
            stack.enter_context(service.started(environment, database_url))
            url = urlsplit(service.address)
            addresses[name] = str(url.hostname), int(url.port or 80)
        print_medians(run_rounds(rounds, addresses, includes_overload=includes_overload))

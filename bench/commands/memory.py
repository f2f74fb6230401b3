"""The memory of a worker over many varied requests: it has to level off.

The service of this checkout runs with one worker on the environment's database, or on that of DATABASE_URL. Each
response with status 5xx is printed to standard error, with its request.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlencode

import click
import psycopg
import urllib3

from bench.commands.seed import start_database
from bench.environment import ROOT, current_environment, memory_mb, worker_processes

PATHS = {
    "/v1/flows": ("value", "yoy_pct", "partner_share_pct"),
    "/v1/series": ("value", "yoy_pct", "ytd_pct"),
    "/v1/partners": ("value", "yoy_change", "rank"),
    "/v1/commodities": ("value", "commodity_share_pct", "rank"),
    "/v1/balances": ("balance", "balance_change", "two_way_value"),
    "/v1/revisions": ("value",),
    "/v1/areas": (),
    "/v1/nothing": (),
}
FORMATS = ("json", "json", "json", "csv", "ndjson", "parquet", "xlsx", "md")


class RequestGenerator:
    """A generator of requests that differ in path, codes, periods, columns, order, format and errors."""

    def __init__(self, *, seed: int, reporters: Sequence[str], partners: Sequence[str], codes: Sequence[str]) -> None:
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._reporters, self._partners, self._codes = reporters, partners, codes

    def path(self) -> str:
        """Return the path and the query of the next request."""
        choose = self._random.choice
        path = choose(list(PATHS))
        query = {
            "reporter": choose(self._reporters),
            "partner": ",".join(self._random.sample(self._partners, self._random.randint(1, 4))),
            "commodity": choose(["TOTAL", *self._codes]),
            "period": f"20{self._random.randint(14, 23)}-{self._random.randint(1, 12):02}",
            "limit": str(self._random.randint(1, 200)),
            "format": choose(FORMATS),
        }
        optional = {
            "currency": choose(["EUR", "JPY", "GBP", "XXX"]),
            "as_of": f"2024-0{self._random.randint(1, 9)}-{self._random.randint(1, 28):02}",
            "frequency": choose(["M", "Q", "A"]),
            "sort": f"-{choose(PATHS[path])}" if PATHS[path] else "value",
            "fields": ",".join(PATHS[path][: self._random.randint(1, 3)]) or "code",
            "unknown": str(self._random.random()),
        }
        return (
            f"{path}?{urlencode(query | {name: optional[name] for name in optional if self._random.random() < 0.25})}"
        )


@contextmanager
def running_service(database_url: str, port: int) -> Iterator[int]:
    """Yield the process of the service's only worker."""
    command = [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}", "--no-control-socket", "--workers=1"]
    command += ["--threads=4", "--config=python:service.server.gunicorn_config", "service.wsgi:application()"]
    environment = os.environ | {"DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(120):
                time.sleep(1)
                if worker_processes(process.pid):
                    break
            time.sleep(10)
            yield worker_processes(process.pid)[0]
        finally:
            process.terminate()


@click.command()
@click.option("--requests", default=20_000, show_default=True)
@click.option("--step", default=2_000, show_default=True, help="Requests between two rows of the table.")
@click.option("--seed", default=1, show_default=True)
@click.option("--port", default=8417, show_default=True)
def main(requests: int, step: int, seed: int, port: int) -> None:
    """Print the memory of a worker over many requests."""
    database_url = os.environ.get("DATABASE_URL") or start_database(current_environment())
    with psycopg.connect(database_url) as connection:
        reporters, partners, codes = (
            [code for (code,) in connection.execute(query).fetchall()]
            for query in (
                "SELECT DISTINCT area.code FROM dataset JOIN area ON area.id = reporter_id",
                "SELECT code FROM area WHERE kind IN ('country', 'group') ORDER BY code",
                "SELECT DISTINCT commodity.code FROM commodity JOIN dataset USING (classification_id) ORDER BY 1",
            )
        )
    generator = RequestGenerator(seed=seed, reporters=reporters, partners=partners, codes=codes)
    click.echo("| requests | resident memory | peak | 2xx | 4xx | 5xx |\n|---:|---:|---:|---:|---:|---:|")
    with running_service(database_url, port) as worker, urllib3.HTTPConnectionPool("127.0.0.1", port) as pool:
        counts = dict.fromkeys("245", 0)
        for number in range(requests + 1):
            if number % step == 0:
                cells = [f"{number:,}", *(f"{memory_mb(worker, 'status', name):.0f} MB" for name in ("VmRSS", "VmHWM"))]
                click.echo(f"| {' | '.join([*cells, *(f'{count:,}' for count in counts.values())])} |")
            path = generator.path()
            response = pool.request("GET", path, redirect=False)
            kind = str(response.status)[0]
            counts[kind] = counts.get(kind, 0) + 1
            if kind == "5":
                click.echo(f"{response.status} {path} {response.data[:500]!r}", err=True)


if __name__ == "__main__":
    main()

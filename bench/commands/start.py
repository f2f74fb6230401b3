"""The time from a clean checkout to the first response, the time of a restart, and the memory of each worker.

Clones the present commit, and runs `make serve` in the clone: environment, database, schema, demo. Packages come from
pip's index and cache.
"""

import subprocess
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

import click

from bench.competitors.base import Competitor
from bench.environment import ROOT, Environment, current_environment, memory_mb, worker_processes

REQUEST = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
MAX_FIRST_RESPONSE_S = 300


class MakeServe(Competitor):
    """The service of a clone in a folder, started by `make serve`."""

    name = "make serve"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def command(self, environment: Environment, database_url: str, port: int) -> tuple[list[str], dict[str, str]]:
        variables = {"PORT": str(port), "TRADEFLOWS_HOME": str(self.folder / "home"), "PYTHONPATH": ""}
        return ["make", "--silent", f"--directory={self.folder / 'clone'}", "serve"], variables


@click.command()
def main() -> None:
    """Measure the start of the service."""
    environment, durations_s, worker_mb = current_environment(), [], []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), f"{folder}/clone"], check=True)
        for _ in ("first start", "restart"):
            service, began = MakeServe(Path(folder)), time.perf_counter()
            with service.started(environment, "", timeout_s=MAX_FIRST_RESPONSE_S):
                urlopen(service.address + REQUEST).close()  # noqa: S310 - the address is local
                durations_s.append(time.perf_counter() - began)
                pids = worker_processes(service.process.pid)
                worker_mb = [memory_mb(pid, "smaps_rollup", "Pss") for pid in pids]
    first_response_s, restart_s = durations_s
    environment.save("start", {"first_response_s": first_response_s, "restart_s": restart_s, "worker_mb": worker_mb})
    click.echo(environment.load("start"))

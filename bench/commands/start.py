"""The time from a clean checkout to the first response, the time of a restart, and the memory of each worker.

Clones the present commit, and runs `make serve` in the clone: environment, database, schema, demo. Packages come from
pip's index and cache.
"""

import subprocess
import tempfile
import time

import click
import urllib3

from bench.competitors.base import Competitor
from bench.environment import ROOT, Environment, current_environment, memory_mb, worker_processes

REQUEST = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
MAX_FIRST_RESPONSE_S = 300


class MakeServe(Competitor):
    """The service of a clone in a folder, started by `make serve`."""

    name = "make serve"

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def command(self, environment: Environment, database_url: str, port: int) -> list[str]:
        variables = ["--unset=DATABASE_URL", f"TRADEFLOWS_HOME={self.folder}/home", "PYTHONPATH="]
        return [*variables, "make", "--silent", f"--directory={self.folder}/clone", "serve"]


@click.command()
def main() -> None:
    """Measure the start of the service."""
    environment, durations_s, worker_mb = current_environment(), [], []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), f"{folder}/clone"], check=True)
        for _ in ("first start", "restart"):
            service, began = MakeServe(folder), time.perf_counter()
            with service.started(environment, "", timeout_s=MAX_FIRST_RESPONSE_S):
                assert urllib3.request("GET", service.address + REQUEST).status == 200
                durations_s.append(time.perf_counter() - began)
                worker_mb = [memory_mb(pid, "smaps_rollup", "Pss") for pid in worker_processes(service.process.pid)]
    first_response_s, restart_s = durations_s
    environment.save("start", {"first_response_s": first_response_s, "restart_s": restart_s, "worker_mb": worker_mb})
    click.echo(environment.load("start"))

"""From a clean checkout to the first answer, then started again, and the memory of each worker.

    BENCH_HOME=FOLDER python -m bench.start

What is committed is cloned, and `make serve` does all the rest: environment, database, schema, demo. Packages come from
where pip is told to find them, and from its cache.
"""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from bench.competitors.base import free_port
from bench.environment import HERE, place
from bench.processes import proportional_mb, workers

QUESTION = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
LONGEST_S = 300


@contextmanager
def served(checkout: Path, home: Path) -> Iterator[tuple[float, int]]:
    """Yield the seconds that `make serve` takes to the first answer, and its process; end it afterwards."""
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "TRADEFLOWS_HOME": str(home)}
    began = time.perf_counter()
    with (place().folder("logs") / "start.log").open("a") as log:
        serving = subprocess.Popen(
            ["make", "--silent", "serve"], cwd=checkout, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        while not _answered(port):
            assert serving.poll() is None, "make serve ended"
            assert time.perf_counter() - began < LONGEST_S, "make serve takes too long"
            time.sleep(0.05)
        yield time.perf_counter() - began, serving.pid
    finally:
        os.killpg(serving.pid, signal.SIGINT)
        serving.wait()


def _answered(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}{QUESTION}", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def main() -> None:
    """Measure, and write down what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        checkout, home = Path(folder) / "checkout", Path(folder) / "home"
        subprocess.run(["git", "clone", "--quiet", str(HERE.parent), str(checkout)], check=True)
        with served(checkout, home) as (cold, _):
            pass
        with served(checkout, home) as (warm, pid):
            memory = [proportional_mb(worker) for worker in workers(pid)]
    found = {"first_answer_s": cold, "warm_s": warm, "worker_mb": memory}
    place().note("start", found)
    print(found)


if __name__ == "__main__":
    main()

"""Load on a contestant: eight connections that ask as fast as they are answered, by wrk."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.competitors.base import Failed, Request
from bench.environment import HERE

CONNECTIONS = 8
MOST_A_SECOND = 8000
"""How many different requests a second of load takes at most."""


@dataclass(frozen=True)
class Sample:
    """What one stretch of load gave: `bytes` of all answers, headers among them; `errors` are among the `requests`."""

    requests: int
    seconds: float
    bytes: int
    errors: int
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Return the answers a second; errors are none."""
        return (self.requests - self.errors) / self.seconds


def no_wrk() -> str | None:
    """Return what is missing to put load on anybody; null where nothing is."""
    return None if shutil.which("wrk") else "wrk is not installed: apt-get install wrk"


def load(address: str, requests: list[Request], *, seconds: int, file: Path) -> Sample:
    """Return what so many seconds of load gave; `file` is where the requests are written down for wrk.

    :raises Failed: wrk gave no figures.
    """
    file.write_text("".join(f"{request.line}\n" for request in requests))
    options = [f"--connections={CONNECTIONS}", f"--duration={seconds}s", f"--script={HERE / 'wrk.lua'}"]
    command = ["wrk", "--threads=1", "--timeout=60s", "--latency", *options, address, "--", str(file)]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    return told_by_wrk(run.stdout, otherwise=f"wrk ended with {run.returncode}: {(run.stderr or run.stdout).strip()}")


def told_by_wrk(printed: str, *, otherwise: str) -> Sample:
    """Return the figures in the last line of what was printed.

    :raises Failed: there are none; the message is what is said `otherwise`.
    """
    try:
        return Sample(**json.loads(printed.splitlines()[-1]))
    except (LookupError, ValueError, TypeError) as error:
        raise Failed(otherwise) from error

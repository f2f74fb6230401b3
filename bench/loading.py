"""Load on a contestant: eight connections that ask as fast as they are answered, by wrk."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.contestants.contestant import Request
from bench.place import HERE

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
    """Return what so many seconds of load gave; `file` is where the requests are written down for wrk."""
    file.write_text("".join(f"{request.line}\n" for request in requests))
    command = [
        "wrk",
        "--threads=1",
        f"--connections={CONNECTIONS}",
        f"--duration={seconds}s",
        "--timeout=60s",
        "--latency",
    ]
    run = subprocess.run(
        [*command, f"--script={HERE / 'wrk.lua'}", address, "--", str(file)], check=True, capture_output=True, text=True
    )
    return Sample(**json.loads(run.stdout.splitlines()[-1]))

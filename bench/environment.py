"""The folder of a benchmark: its database, copies of the figures, installed competitors, and measurements.

The variable BENCH_HOME names the folder; by default it is var/bench in the checkout. Everything in it is reused.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
COMPETITORS_FOLDER = ROOT / "bench" / "competitors"
PROCESSES, CONNECTIONS = 2, 8
"""Worker processes of each server, as many as the service has, and connections of each to the database."""


class Environment:
    """A folder of a benchmark: the competitors' Python and Node packages, and the copies that they read, lie in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.tools = home / "tools"
        self.python = self.tools / "venv" / "bin" / "python"
        self.node_modules = self.tools / "node_modules"
        self.sqlite_file = home / "figures.sqlite"
        self.parquet_folder = home / "parquet"

    def folder(self, name: str) -> Path:
        """Return a folder of that name, created if it is missing."""
        path = self.home / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def save(self, name: str, measurement: Any) -> None:
        """Store a measurement under a name."""
        (self.folder("measured") / f"{name}.json").write_text(json.dumps(measurement, indent=1))

    def load(self, name: str) -> Any:
        """Return the measurement of that name; null where there is none."""
        path = self.home / "measured" / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else None


def current_environment() -> Environment:
    """Return the environment that BENCH_HOME names."""
    return Environment(Path(os.environ.get("BENCH_HOME") or ROOT / "var" / "bench").absolute())


def worker_processes(pid: int) -> list[int]:
    """Return the processes below `pid` that have no children: those that answer requests."""
    return [child for child in _descendants(pid) if not any(_descendants(child))]


def memory_mb(pid: int, file: str, field: str) -> float:
    """Return a field of /proc/PID/`file` in megabytes: VmHWM of status (peak), Pss of smaps_rollup (without shares)."""
    (kilobytes,) = re.findall(rf"^{field}:\s+(\d+) kB", Path(f"/proc/{pid}/{file}").read_text(), flags=re.MULTILINE)
    return int(kilobytes) / 1024


def _descendants(pid: int) -> Iterator[int]:
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            yield child
            yield from _descendants(child)

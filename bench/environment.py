"""Where a bench keeps what it made: the database, copies of its figures, programs, and what was measured.

BENCH_HOME names the folder. A folder that was filled before is used again, as it is.
"""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Place:
    """A folder of a bench."""

    home: Path

    @property
    def server(self) -> Path:
        """Return the home of the PostgreSQL that holds the figures."""
        return self.home / "home"

    @property
    def python(self) -> Path:
        """Return the Python that has the contestants written in it."""
        return self.home / "tools" / "venv" / "bin" / "python"

    @property
    def packages(self) -> Path:
        """Return the folder of the contestants that npm installs."""
        return self.home / "tools" / "node_modules"

    @property
    def sqlite(self) -> Path:
        """Return the SQLite file with the figures."""
        return self.home / "figures.sqlite"

    @property
    def parquet(self) -> Path:
        """Return the folder of Parquet files with the figures."""
        return self.home / "parquet"

    def folder(self, name: str) -> Path:
        """Return a folder of that name, made if need be."""
        path = self.home / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def note(self, name: str, measured: Any) -> None:
        """Write down what was measured under that name."""
        (self.folder("measured") / f"{name}.json").write_text(json.dumps(measured, indent=1))

    def noted(self, name: str) -> Any:
        """Return what was measured under that name; null where nothing was."""
        path = self.home / "measured" / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else None


def place() -> Place:
    """Return the place that BENCH_HOME names, or the one in the checkout."""
    home = Path(os.environ.get("BENCH_HOME") or HERE.parent / "var" / "bench").absolute()
    home.mkdir(parents=True, exist_ok=True)
    return Place(home)


def numbers_given(*otherwise: int) -> list[int]:
    """Return the numbers on the command line, and those `otherwise` where there are fewer."""
    given = [int(word) for word in sys.argv[1:]]
    return [*given, *otherwise[len(given) :]]

"""Run rows of the table, those that are named or all of them, and write what they measured into docs/torture.md."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.torture.figures import Figures, figures_from
from tools.torture.rows import ROWS, Row
from tools.torture.table import line, merged

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "torture.md"


def main(names: list[str]) -> int:
    """Return 0 where all tests passed and all that is promised was kept, else 1."""
    if unknown := set(names) - {row.name for row in ROWS}:
        print(f"there are no rows {' '.join(sorted(unknown))}; the rows are {' '.join(row.name for row in ROWS)}")
        return 2
    lines = {}
    for row in ROWS:
        if not names or row.name in names:
            lines[row.name] = _told(row)
            PAGE.write_text(merged(PAGE.read_text("utf-8"), lines), "utf-8")
    return 0 if all("| yes" in told for told in lines.values()) else 1


def _told(row: Row) -> str:
    began = time.monotonic()
    told = line(row, _figures_of(row))
    print(f"{told}  [{time.monotonic() - began:.0f} s]", flush=True)
    return told


def _figures_of(row: Row) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = ("-q", "-o", "junit_family=xunit1", f"--junit-xml={report}", *row.options)
        command = [sys.executable, "-m", "pytest", *options, *row.tests]
        ended = subprocess.run(
            command, cwd=ROOT, env=os.environ | row.numbers, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            print(ended.stdout[-4000:], ended.stderr[-1000:])
        return figures_from(report)


sys.exit(main(sys.argv[1:]))

"""Run rows of the table, those that are named or all of them, and write what they measured into docs/resilience.md."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.resilience_report.figures import Measurements, read_measurements
from tools.resilience_report.rows import SCENARIOS, FaultScenario
from tools.resilience_report.table import merge_rows, render_scenario_row

ROOT = Path(__file__).parents[2]
REPORT_PAGE = ROOT / "docs" / "resilience.md"


def main(scenario_names: list[str]) -> int:
    """Return 0 where all tests passed and all that is promised was kept, else 1."""
    if unknown := set(scenario_names) - {row.name for row in SCENARIOS}:
        print(f"there are no rows {' '.join(sorted(unknown))}; the rows are {' '.join(row.name for row in SCENARIOS)}")
        return 2
    lines = {}
    for row in SCENARIOS:
        if not scenario_names or row.name in scenario_names:
            lines[row.name] = _run_scenario(row)
            REPORT_PAGE.write_text(merge_rows(REPORT_PAGE.read_text("utf-8"), lines), "utf-8")
    return 0 if all("| yes" in told for told in lines.values()) else 1


def _run_scenario(scenario: FaultScenario) -> str:
    began = time.monotonic()
    told = render_scenario_row(scenario, _run_tests(scenario))
    print(f"{told}  [{time.monotonic() - began:.0f} s]", flush=True)
    return told


def _run_tests(scenario: FaultScenario) -> Measurements:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = ("-q", "-o", "junit_family=xunit1", f"--junit-xml={report}", *scenario.pytest_options)
        command = [sys.executable, "-m", "pytest", *options, *scenario.tests]
        ended = subprocess.run(
            command, cwd=ROOT, env=os.environ | scenario.environment, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            print(ended.stdout[-4000:], ended.stderr[-1000:])
        return read_measurements(report)


sys.exit(main(sys.argv[1:]))

"""The resilience report: run all tests of the fault scenarios, and write docs/explanation/resilience.md.

    python -m tests.support.faults.resilience_report [SCENARIO ...]

runs the named scenarios, or all of them. The rows of the others stay as they are.
"""

import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from defusedxml.ElementTree import parse

from tests.support.faults.scenarios import SCENARIOS, FaultScenario, Measurements

ROOT = Path(__file__).parents[3]
REPORT_PAGE = ROOT / "docs" / "explanation" / "resilience.md"
BEGIN_MARKER, END_MARKER = "<!-- figures begin -->", "<!-- figures end -->"
COLUMNS = ("scenario", "fault", "injected", "requests of others", "lost", "longest", "remarks", "guarantee", "met")
MEASURED_ROW = re.compile(r"^(\| ([a-z-]+) \| .*)(?<!not run \|)$", re.MULTILINE)
SUMMED_PROPERTIES = {"injected", "requests", "lost", "cases"}
"""Recorded values that are summed over the tests of a scenario; of the others the largest counts."""


def read_measurements(report: Path) -> Measurements:
    """Return the measurements in a report in JUnit's format."""
    tests = list(parse(report).getroot().iter("testcase"))
    failed = [
        test.get("name", "") for test in tests if test.find("failure") is not None or test.find("error") is not None
    ]
    skip_reasons = [skipped.get("message", "") for test in tests for skipped in test.iter("skipped")]
    values: dict[str, float] = {}
    for recorded in (each for test in tests for each in test.iter("property")):
        name, value = recorded.get("name", ""), float(recorded.get("value", "0"))
        values[name] = values.get(name, 0) + value if name in SUMMED_PROPERTIES else max(values.get(name, value), value)
    return Measurements(len(tests) - len(failed) - len(skip_reasons), values, failed, skip_reasons)


def render_row(scenario: FaultScenario, measurements: Measurements) -> str:
    """Return the row of a scenario; `longest` is the longest effect of the fault in seconds."""
    values = measurements.values
    counts = [f"{values[name]:,.0f}" if name in values else "" for name in ("injected", "requests", "lost")]
    longest = f"{values['longest_s']:.2f} s" if "longest_s" in values else ""
    remarks = "" if measurements.failed_tests else scenario.render_remarks(measurements)
    cells = [scenario.name, scenario.fault, *counts, longest, remarks, scenario.guarantee]
    return f"| {' | '.join(cells)} | {_render_result(scenario, measurements)} |"


def _render_result(scenario: FaultScenario, measurements: Measurements) -> str:
    skip_reasons = ", ".join(sorted(set(measurements.skip_reasons)))
    if measurements.failed_tests:
        return f"failed: {', '.join(measurements.failed_tests)}"
    if not measurements.passed_count:
        return f"not run: {skip_reasons}"
    result = "yes" if scenario.is_met(measurements) else "**no**"
    return f"{result}; {len(measurements.skip_reasons)} not run: {skip_reasons}" if skip_reasons else result


def merge_rows(page: str, rows: dict[str, str]) -> str:
    """Return the page with these rows by scenario in place of the earlier ones, the machine and the date."""
    introduction, _, rest = page.partition(BEGIN_MARKER)
    table, _, tail = rest.partition(END_MARKER)
    known_rows = {name: row for row, name in MEASURED_ROW.findall(table)} | rows
    lines = [
        known_rows.get(each.name, f"| {each.name} | {each.fault} | | | | | | {each.guarantee} | not run |")
        for each in SCENARIOS
    ]
    head = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"
    return "\n".join([f"{introduction}{BEGIN_MARKER}", _describe_machine(), "", head, *lines, f"{END_MARKER}{tail}"])


def _describe_machine() -> str:
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    kernel = ".".join(platform.release().split(".")[:2])
    return (
        f"{os.cpu_count()} cores of {model[1] if model else platform.machine()}, Linux {kernel}, "
        f"Python {platform.python_version()}; last run {datetime.now(UTC):%Y-%m-%d %H:%M} UTC."
    )


def run_scenario(scenario: FaultScenario) -> Measurements:
    """Run the tests of a scenario, print their output where they fail, and return their measurements."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = ("-q", "-o", "junit_family=xunit1", f"--junit-xml={report}", *scenario.pytest_options)
        command = [sys.executable, "-m", "pytest", *options, *scenario.tests]
        variables = os.environ | scenario.environment
        run = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
        if run.returncode:
            print(run.stdout[-4000:], run.stderr[-1000:])
        return read_measurements(report)


def main(scenario_names: list[str]) -> int:
    """Return 0 where all tests passed and all guarantees were met, else 1; 2 for an unknown scenario."""
    all_names = [scenario.name for scenario in SCENARIOS]
    if unknown := set(scenario_names) - set(all_names):
        print(f"unknown scenarios: {' '.join(sorted(unknown))}; the scenarios are {' '.join(all_names)}")
        return 2
    rows = {}
    for scenario in SCENARIOS:
        if not scenario_names or scenario.name in scenario_names:
            began = time.monotonic()
            rows[scenario.name] = render_row(scenario, run_scenario(scenario))
            print(f"{rows[scenario.name]}  [{time.monotonic() - began:.0f} s]", flush=True)
            REPORT_PAGE.write_text(merge_rows(REPORT_PAGE.read_text("utf-8"), rows), "utf-8")
    return 0 if all("| yes" in row for row in rows.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

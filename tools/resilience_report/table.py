"""The table of docs/resilience.md: a line for each row, by which it is found again when the row is run alone."""

import platform
import re
from datetime import UTC, datetime
from pathlib import Path

from tools.resilience_report.figures import Measurements
from tools.resilience_report.rows import SCENARIOS, FaultScenario

BEGIN_MARKER, END_MARKER = "<!-- figures begin -->", "<!-- figures end -->"
TABLE_HEAD = (
    "| row | fault | injected | requests of others | lost | longest | beside that | promised | kept |\n"
    "|---|---|---|---|---|---|---|---|---|"
)
NOT_RUN_ROW = "| {name} | {fault} | | | | | | {promised} | not run |"
MEASURED_ROW = re.compile(r"^(\| ([a-z-]+) \| .*)(?<!not run \|)$", re.MULTILINE)


def render_scenario_row(scenario: FaultScenario, measurements: Measurements) -> str:
    """Return the line of a row; `longest` is the longest time that the fault was felt, in seconds."""
    counts = [_format_number(measurements.values.get(name)) for name in ("injected", "requests", "lost")]
    longest = measurements.values.get("longest_s")
    cells = [
        scenario.name,
        scenario.fault,
        *counts,
        "" if longest is None else f"{longest:.2f} s",
        scenario.render_remarks(measurements) if not measurements.failed_tests else "",
        scenario.guarantee,
        _render_result(scenario, measurements),
    ]
    return f"| {' | '.join(cells)} |"


def _format_number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _render_result(scenario: FaultScenario, measurements: Measurements) -> str:
    skipped = ", ".join(sorted(set(measurements.skip_reasons)))
    if measurements.failed_tests:
        return f"failed: {', '.join(measurements.failed_tests)}"
    if not measurements.passed_count:
        return f"not run: {skipped}"
    kept = "yes" if scenario.is_met(measurements) else "**no**"
    return f"{kept}; {len(measurements.skip_reasons)} not run: {skipped}" if skipped else kept


def merge_rows(page: str, rows: dict[str, str]) -> str:
    """Return the page with these lines in the place of those of the same rows, and the machine and the day named."""
    before, _, rest = page.partition(BEGIN_MARKER)
    table, _, after = rest.partition(END_MARKER)
    known = {name: whole for whole, name in MEASURED_ROW.findall(table)} | rows
    told = [
        known.get(row.name, NOT_RUN_ROW.format(name=row.name, fault=row.fault, promised=row.guarantee))
        for row in SCENARIOS
    ]
    return "\n".join([f"{before}{BEGIN_MARKER}", _describe_machine(), "", TABLE_HEAD, *told, f"{END_MARKER}{after}"])


def _describe_machine() -> str:
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    cores = f"{len(_cpu_cores())} cores of {model[1] if model else platform.machine()}"
    day = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    kernel = ".".join(platform.release().split(".")[:2])
    return f"{cores}, Linux {kernel}, Python {platform.python_version()}; last run {day} UTC."


def _cpu_cores() -> list[str]:
    return re.findall(r"^processor", Path("/proc/cpuinfo").read_text(), re.MULTILINE)

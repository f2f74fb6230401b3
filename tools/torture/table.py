"""The table of docs/torture.md: a line for each row, by which it is found again when the row is run alone."""

import platform
import re
from datetime import UTC, datetime
from pathlib import Path

from tools.torture.figures import Figures
from tools.torture.rows import ROWS, Row

BEGIN, END = "<!-- figures begin -->", "<!-- figures end -->"
HEAD = (
    "| row | fault | injected | requests of others | lost | longest | beside that | promised | kept |\n"
    "|---|---|---|---|---|---|---|---|---|"
)
NOT_RUN = "| {name} | {fault} | | | | | | {promised} | not run |"
MEASURED = re.compile(r"^(\| ([a-z-]+) \| .*)(?<!not run \|)$", re.MULTILINE)


def line(row: Row, figures: Figures) -> str:
    """Return the line of a row; `longest` is the longest time that the fault was felt, in seconds."""
    counts = [_number(figures.measured.get(name)) for name in ("injected", "requests", "lost")]
    longest = figures.measured.get("longest_s")
    cells = [
        row.name,
        row.fault,
        *counts,
        "" if longest is None else f"{longest:.2f} s",
        row.beside(figures) if not figures.failed else "",
        row.promised,
        _verdict(row, figures),
    ]
    return f"| {' | '.join(cells)} |"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _verdict(row: Row, figures: Figures) -> str:
    skipped = ", ".join(sorted(set(figures.skipped)))
    if figures.failed:
        return f"failed: {', '.join(figures.failed)}"
    if not figures.passed:
        return f"not run: {skipped}"
    kept = "yes" if row.kept(figures) else "**no**"
    return f"{kept}; {len(figures.skipped)} not run: {skipped}" if skipped else kept


def merged(page: str, lines: dict[str, str]) -> str:
    """Return the page with these lines in the place of those of the same rows, and the machine and the day named."""
    before, _, rest = page.partition(BEGIN)
    table, _, after = rest.partition(END)
    known = {name: whole for whole, name in MEASURED.findall(table)} | lines
    told = [known.get(row.name, NOT_RUN.format(name=row.name, fault=row.fault, promised=row.promised)) for row in ROWS]
    return "\n".join([f"{before}{BEGIN}", _machine(), "", HEAD, *told, f"{END}{after}"])


def _machine() -> str:
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    cores = f"{len(_cores())} cores of {model[1] if model else platform.machine()}"
    day = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    kernel = ".".join(platform.release().split(".")[:2])
    return f"{cores}, Linux {kernel}, Python {platform.python_version()}; last run {day} UTC."


def _cores() -> list[str]:
    return re.findall(r"^processor", Path("/proc/cpuinfo").read_text(), re.MULTILINE)

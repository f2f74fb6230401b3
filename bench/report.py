"""What was measured, as tables and a drawing: written into docs/speed.md between its markers.

    BENCH_HOME=FOLDER python -m bench.report [COMMAND ...]

COMMAND is the command that measured, and is written beside the figures.
"""

import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from bench.comparing import Rate, rates
from bench.drawing import draw
from bench.filling import started
from bench.goals import goals
from bench.place import HERE, Place, place
from bench.questions import QUESTIONS

PAGE, DRAWING = HERE.parent / "docs" / "speed.md", HERE.parent / "docs" / "speed.svg"
BESIDE = "PostgREST"
PACKAGES = ("flask", "gunicorn", "psycopg", "sqlalchemy", "msgspec")


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table in Markdown: its first column to the left, the others to the right."""
    columns = list(head)
    line = "|".join(["---"] + ["---:"] * (len(columns) - 1))
    body = ["| " + " | ".join(str(word) for word in row) + " |" for row in rows]
    return "\n".join([f"| {' | '.join(columns)} |", f"|{line}|", *body])


def number(value: float) -> str:
    """Return a number with as many digits as tell something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def between_markers(page: str, name: str, text: str) -> str:
    """Return `page` with `text` between the markers of that name.

    :raises ValueError: the page has no such markers.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if begin not in page or end not in page:
        raise ValueError(f"the page has no markers {begin} and {end}")
    before, after = page.split(begin, maxsplit=1)[0], page.split(end)[1]
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"


def question_tables(measured: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table for each question, and beneath it who is missing and why."""
    for name, found in measured["questions"].items():
        all_rates = rates(found["lanes"])
        beside = next((rate for rate in all_rates if rate.contestant == BESIDE), None)
        head = (
            "contestant",
            "asked",
            "answers a second",
            "lowest to highest",
            "p50 ms",
            "p99 ms",
            "bytes",
            f"over {BESIDE}",
        )
        rows = [_row(rate, beside) for rate in all_rates]
        absent = [f"{who}: {why}." for who, why in {**measured["missing"], **found["wrong"]}.items()]
        yield "\n\n".join(
            [f"**{QUESTIONS[name].title[0].upper()}{QUESTIONS[name].title[1:]}**", table(head, rows), *absent]
        )


def _row(rate: Rate, beside: Rate | None) -> list[str]:
    times = number(rate.over(beside)) if beside else "-"
    answers = number(rate.median) + (f" ({rate.errors} errors)" if rate.errors else "")
    spread = f"{number(rate.lowest)} to {number(rate.highest)}"
    return [
        rate.contestant,
        rate.way,
        answers,
        spread,
        number(rate.p50_ms),
        number(rate.p99_ms),
        number(rate.bytes),
        times,
    ]


def machine(where: Place, command: str) -> str:
    """Return in words what was measured on, when, of how many figures, by which command."""
    with psycopg.connect(started(where)) as connection:
        datasets, rows, server = connection.execute("""
            SELECT (SELECT count(*) FROM dataset), (SELECT sum(rows) FROM release), current_setting('server_version')
        """).fetchone() or (0, 0, "")
        (stored,) = connection.execute("SELECT count(*) FROM observation").fetchone() or (0,)
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    packages += "; contestants as in `bench/requirements.lock` and `bench/package-lock.json`"
    return (
        f"`{command}`, {datetime.now(UTC):%Y-%m-%d}: {datasets} reporters, {rows:,} rows as printed, {stored:,} with "
        f"their totals, on {os.cpu_count()} cores ({cpu.group(1) if cpu else platform.machine()}), {memory:.0f} GB; "
        f"PostgreSQL {server}, Python {platform.python_version()}, {packages}."
    )


def main() -> None:
    """Write the page and its drawing."""
    where = place()
    measured = where.noted("questions")
    if measured is None:
        sys.exit("nothing was measured yet: python -m bench.run")
    page = PAGE.read_text()
    page = between_markers(page, "machine", machine(where, " ".join(sys.argv[1:]) or "python -m bench.run"))
    rounds = f"{measured['rounds']} rounds of {measured['seconds']} s each."
    page = between_markers(page, "questions", "\n\n".join([rounds, *question_tables(measured)]))
    head = ("what", "goal", "measured", "kept")
    page = between_markers(page, "goals", table(head, (goal.row() for goal in goals(where))))
    PAGE.write_text(page)
    DRAWING.write_text(draw(measured))


if __name__ == "__main__":
    main()

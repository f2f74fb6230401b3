"""What was measured, as tables and a drawing: docs/speed.md, with figures between its markers.

    BENCH_HOME=FOLDER python -m bench.report docs|here COMMAND ...

`docs` writes the page of the documents itself, `here` a copy in the bench's folder. COMMAND is the one that measured.
"""

import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from bench.comparing import Rate, rates
from bench.drawing import draw
from bench.filling import started
from bench.goals import goals
from bench.place import HERE, Place, place
from bench.questions import QUESTIONS

PAGE, DRAWING = HERE.parent / "docs" / "speed.md", "speed.svg"
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


def export_table(found: Mapping[str, Any]) -> str:
    """Return a table of the exports, and beneath it who is missing and why."""
    rows = [
        (line["export"], number(median(line["seconds"] or [line["first"]])), f"{line['bytes']:,}", _times(line["over"]))
        for line in found["lines"]
        if not line["wrong"]
    ]
    wrong = {line["export"]: line["wrong"] for line in found["lines"] if line["wrong"]}
    absent = [f"{who}: {why}." for who, why in {**found["missing"], **wrong}.items()]
    how = (
        f"{found['lines'][0]['rows']:,} rows, {found['rounds']} rounds; what takes longer than ten seconds was "
        f"asked once. The process that serves took {number(found['peak_mb'])} MB at most."
    )
    return "\n\n".join([how, table(("export", "s", "bytes", "over COPY"), rows), *absent])


def _times(ratio: float | None) -> str:
    return "-" if ratio is None else number(ratio)


def start_words(found: Mapping[str, Any]) -> str:
    """Return in words how long a start takes, and what memory."""
    memory = " and ".join(f"{megabytes:.0f}" for megabytes in found["worker_mb"])
    return (
        f"From a clean checkout to the first answer of the demo, installation included: "
        f"{found['first_answer_s']:.1f} s; started again: {found['warm_s']:.1f} s. "
        f"The workers take {memory} MB of memory (PSS)."
    )


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


def page_of(where: Place, measured: Mapping[str, Any], *, command: str) -> str:
    """Return the page with what was measured between its markers."""
    page = between_markers(PAGE.read_text(), "machine", machine(where, command))
    rounds = f"{measured['rounds']} rounds of {measured['seconds']} s each."
    page = between_markers(page, "questions", "\n\n".join([rounds, *question_tables(measured)]))
    head = ("what", "goal", "measured", "kept")
    page = between_markers(page, "goals", table(head, (goal.row() for goal in goals(where))))
    for name, words in (("export", export_table), ("start", start_words)):
        if (found := where.noted(name)) is not None:
            page = between_markers(page, name, words(found))
    return page


def main() -> None:
    """Write the page and its drawing."""
    target, *command = sys.argv[1:]
    where = place()
    measured = where.noted("questions")
    if measured is None:
        sys.exit("nothing was measured yet: python -m bench.run")
    folder = PAGE.parent if target == "docs" else where.home
    (folder / PAGE.name).write_text(page_of(where, measured, command=" ".join(command)))
    (folder / DRAWING).write_text(draw(measured))
    print(folder / PAGE.name)


if __name__ == "__main__":
    main()

"""What was measured, as tables and a drawing: docs/speed.md, with figures between its markers.

    BENCH_HOME=FOLDER python -m bench.report docs|here COMMAND ...

`docs` writes the page of the documents itself, `here` a copy in the bench's folder. COMMAND is the one that measured.
"""

import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from bench.chart import draw
from bench.environment import HERE, Place, place
from bench.goals import EACH, goals_of_costs, goals_of_questions
from bench.queries import QUESTIONS
from bench.report_tables import export_table, load_table, question_tables, sizes_table, start_words, table, time_words
from bench.seed import started

PAGE, DRAWING = HERE.parent / "docs" / "speed.md", "speed.svg"
PACKAGES = ("flask", "gunicorn", "psycopg", "sqlalchemy", "msgspec")


def between_markers(page: str, name: str, text: str) -> str:
    """Return `page` with `text` between the markers of that name.

    :raises ValueError: the page has no such markers.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if begin not in page or end not in page:
        raise ValueError(f"the page has no markers {begin} and {end}")
    before, after = page.split(begin, maxsplit=1)[0], page.split(end)[1]
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"


def machine(where: Place, command: str) -> str:
    """Return in words what was measured on, when, of how many figures, by which command."""
    with psycopg.connect(started(where)) as connection:
        datasets, rows, server, buffers, fsync = connection.execute("""
            SELECT (SELECT count(*) FROM dataset), (SELECT sum(rows) FROM release), current_setting('server_version'),
              current_setting('shared_buffers'), current_setting('fsync')
        """).fetchone() or (0, 0, "", "", "")
        (stored,) = connection.execute("SELECT count(*) FROM observation").fetchone() or (0,)
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    packages += "; contestants as in `bench/requirements.lock` and `bench/package-lock.json`"
    return (
        f"`{command}`, {datetime.now(UTC):%Y-%m-%d}: {datasets} reporters, {rows:,} rows as printed, {stored:,} with "
        f"their totals, on {os.cpu_count()} cores ({cpu.group(1) if cpu else platform.machine()}), {memory:.0f} GB; "
        f"PostgreSQL {server} (shared_buffers {buffers}, fsync {fsync}), "
        f"Python {platform.python_version()}, {packages}."
    )


def goal_tables(where: Place) -> Iterator[str]:
    """Yield the goals of questions, a line for each pair of contestants, and those of all else."""
    rows = []
    for goals in goals_of_questions(where):
        pair = next(goal.what for goal in goals if goal)
        rows.append([pair, *(goal.cell() if goal else "" for goal in goals)])
    yield table(("answers a second", *(QUESTIONS[name].title for name in EACH)), rows)
    yield table(("what", "goal", "measured", "kept"), (goal.row() for goal in goals_of_costs(where)))


def page_of(where: Place, measured: Mapping[str, Any], *, command: str) -> str:
    """Return the page with what was measured between its markers."""
    page = between_markers(PAGE.read_text(), "machine", machine(where, command))
    rounds = (
        f"Rounds: {measured['rounds']}, of {measured['seconds']} s for each. Load average of the machine before they "
        f"began: {measured['busy']:.1f}."
    )
    page = between_markers(page, "questions", "\n\n".join([rounds, *question_tables(measured)]))
    page = between_markers(page, "goals", "\n\n".join(goal_tables(where)))
    for name, words in BLOCKS.items():
        found = where.noted(name)
        page = between_markers(page, name, NOT_MEASURED if found is None else words(found))
    return page


BLOCKS = {
    "time": time_words,
    "export": export_table,
    "start": start_words,
    "sizes": sizes_table,
    "load": load_table,
}
"""What is written between the markers of that name, of what was noted under it."""
NOT_MEASURED = "Not measured in this run."


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

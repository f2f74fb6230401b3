"""The report: docs/explanation/benchmarks.md, with the measurements between the markers of the page."""

import os
import platform
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import click
import psycopg

from bench.catalog import QUERIES
from bench.commands.seed import start_database
from bench.environment import ROOT, Environment, current_environment
from bench.goals import POSTGREST, cost_goals, speed_goals
from bench.load_tests import Samples, speed_ratio

PAGE = ROOT / "docs" / "explanation" / "benchmarks.md"
PACKAGES = ("flask", "gunicorn", "psycopg", "sqlalchemy", "msgspec")
MIN_SHARE = 0.02
"""The least share of processor time with which a package is named."""


@click.command()
@click.option("--docs", is_flag=True, help="Write the page of the documentation, not a copy in BENCH_HOME.")
@click.option("--command", default="make bench", show_default=True, help="The command that measured, for the page.")
def main(docs: bool, command: str) -> None:
    """Write the page."""
    environment = current_environment()
    if environment.load("queries") is None:
        sys.exit("there are no measurements yet: run python -m bench queries")
    page = PAGE if docs else environment.home / PAGE.name
    page.write_text(render_page(environment, PAGE.read_text(), machine=describe_machine(environment, command)))
    click.echo(page)


def render_page(environment: Environment, page: str, *, machine: str) -> str:
    """Return the page with the present measurements."""
    titles = (query.title for query in QUERIES.values())
    speed_table = markdown_table(("responses per second", *titles), speed_goals(environment))
    cost_table = markdown_table(("measure", "goal", "measured", "met"), cost_goals(environment))
    texts = {"machine": machine, "goals": f"{speed_table}\n\n{cost_table}"}
    for name, render in SECTIONS.items():
        measurement = environment.load(name)
        texts[name] = "Not measured in this run." if measurement is None else render(measurement)
    for name, text in texts.items():
        page = replace_between_markers(page, name, text)
    return page


def replace_between_markers(page: str, name: str, text: str) -> str:
    """Return `page` with `text` between the markers of that name.

    :raises ValueError: the page has no such markers.
    """
    head, begin, rest = page.partition(f"<!-- {name}: begin -->")
    _, end, tail = rest.partition(f"<!-- {name}: end -->")
    if not end:
        raise ValueError(f"the page has no markers of {name}")
    return f"{head}{begin}\n\n{text}\n\n{end}{tail}"


def describe_machine(environment: Environment, command: str) -> str:
    """Return the command, the date, the size of the data, the machine and the versions, as a sentence."""
    with psycopg.connect(start_database(environment)) as connection:
        datasets, rows, server, buffers, fsync, stored = connection.execute("""
            SELECT (SELECT count(*) FROM dataset), (SELECT sum(rows) FROM release), current_setting('server_version'),
              current_setting('shared_buffers'), current_setting('fsync'), (SELECT count(*) FROM observation)
        """).fetchone() or (0, 0, "", "", "", 0)
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"`{command}`, {datetime.now(UTC):%Y-%m-%d}: {datasets} reporters, {rows:,} published rows, {stored:,} with "
        f"their totals, on {os.cpu_count()} cores ({cpu.group(1) if cpu else platform.machine()}), {memory_gb:.0f} GB; "
        f"PostgreSQL {server} (shared_buffers {buffers}, fsync {fsync}), Python {platform.python_version()}, "
        f"{packages}; competitors as in `bench/requirements.lock` and `bench/package-lock.json`."
    )


def markdown_table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table in Markdown: its first column to the left, the others to the right."""
    columns = list(head)
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join([f"| {' | '.join(columns)} |", f"|---{'|---:' * (len(columns) - 1)}|", *lines])


def format_number(value: float | None) -> str:
    """Return a number with two or three significant digits; a dash for null."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def query_tables(measurement: Mapping[str, Any]) -> str:
    """Return a table of each query, followed by the competitors that are missing and the reasons."""
    sections = [
        f"Rounds: {measurement['rounds']}, of {measurement['seconds']} s for each. Load average of the machine before "
        f"they began: {measurement['load_average']:.1f}."
    ]
    columns = "competitor", "mode", "responses/s", "lowest to highest", "p50 ms", "p99 ms", "bytes", "over PostgREST"
    for name, result in measurement["queries"].items():
        tests, title = result["tests"], QUERIES[name].title
        table = markdown_table(columns, (_test_row(each, tests[each], tests.get(POSTGREST)) for each in tests))
        sections += [f"**{title[0].upper()}{title[1:]}**", table, *_reasons(measurement["missing"] | result["faults"])]
    return "\n\n".join(sections)


def _test_row(test: str, samples: Samples, reference: Samples | None) -> list[str]:
    rates, errors = [sample["per_second"] for sample in samples], sum(sample["errors"] for sample in samples)
    responses = [sample for sample in samples if sample["requests"]]
    medians = (format_number(median(sample[name] for sample in responses)) for name in ("p50_ms", "p99_ms", "bytes"))
    return [
        *test.rsplit(", ", 1),
        format_number(median(rates)) + (f" ({errors} errors)" if errors else ""),
        f"{format_number(min(rates))} to {format_number(max(rates))}",
        *medians,
        format_number(speed_ratio(samples, reference) if reference else None),
    ]


def _reasons(faults: Mapping[str, str]) -> list[str]:
    return [f"{name}: {reason}." for name, reason in faults.items()]


def export_table(measurement: Mapping[str, Any]) -> str:
    """Return a table of the exports, followed by those that are missing and the reasons."""
    exports = measurement["exports"]
    rows = []
    for name, each in exports.items():
        if not each["fault"]:
            seconds = median(each["seconds"] or [each["first_s"]])
            rows.append((name, format_number(seconds), f"{each['bytes']:,}", format_number(each["over"])))
    faults = {name: each["fault"] for name, each in exports.items() if each["fault"]}
    run = (
        f"{next(iter(exports.values()))['rows']:,} rows, {measurement['rounds']} rounds; exports of more than twenty "
        f"seconds were read once. The server process used {format_number(measurement['peak_mb'])} MB of memory at most."
    )
    table = markdown_table(("export", "s", "bytes", "over COPY"), rows)
    return "\n\n".join([run, table, *_reasons(measurement["missing"] | faults)])


def start_text(measurement: Mapping[str, Any]) -> str:
    """Return the duration of a start and the memory of the workers, as sentences."""
    memory = " and ".join(f"{megabytes:.0f}" for megabytes in measurement["worker_mb"])
    return (
        f"From a clean checkout to the first response of the demo, installation included: "
        f"{measurement['first_response_s']:.1f} s; started again: {measurement['restart_s']:.1f} s. "
        f"The workers take {memory} MB of memory (PSS)."
    )


def cost_tables(measurement: Mapping[str, Any]) -> str:
    """Return a table of the parts of a response's time, and the shares of the packages."""
    rows = [
        (QUERIES[name].title, *(format_number(cost[part]) for part in ("ms", "sql_ms", "processor_ms")))
        for name, cost in measurement["queries"].items()
    ]
    shares = (f"{name} {100 * share:.0f}%" for name, share in measurement["shares"].items() if share >= MIN_SHARE)
    table = markdown_table(("query", "response ms", "SQL ms", "Python ms"), rows)
    return f"{table}\n\nPython: {', '.join(shares)}."


def load_table(measurement: Mapping[str, Any]) -> str:
    """Return a table of loads over COPY."""
    ratios = [(name, format_number(measurement[name])) for name in ("cross product", "sparse trade")]
    return markdown_table((f"file of {measurement['rows']:,} rows", "load over COPY"), ratios)


def size_table(measurement: Mapping[str, Any]) -> str:
    """Return a table of response times over the whole database divided by those over a small one."""
    rows = [(QUERIES[name].title, format_number(ratio)) for name, ratio in measurement.items() if name in QUERIES]
    return markdown_table(("query", "large over small"), rows)


SECTIONS = {
    "queries": query_tables,
    "costs": cost_tables,
    "exports": export_table,
    "start": start_text,
    "sizes": size_table,
    "load": load_table,
}
"""The text between the markers of each name, from the measurement of that name."""

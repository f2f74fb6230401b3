"""What was measured, as tables in Markdown and in words."""

from collections.abc import Iterable, Iterator, Mapping
from statistics import median
from typing import Any

from bench.measurement import Rate, rates
from bench.queries import QUESTIONS

BESIDE = "PostgREST"
LEAST_SHARE = 0.02
"""Of the processor's time; who takes less is not named."""


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table in Markdown: its first column to the left, the others to the right."""
    columns = list(head)
    line = "|".join(["---"] + ["---:"] * (len(columns) - 1))
    body = ["| " + " | ".join(str(word) for word in row) + " |" for row in rows]
    return "\n".join([f"| {' | '.join(columns)} |", f"|{line}|", *body])


def number(value: float) -> str:
    """Return a number with as many digits as tell something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


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
        f"{found['lines'][0]['rows']:,} rows, {found['rounds']} rounds; what takes longer than twenty seconds was "
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


def time_words(found: Mapping[str, Any]) -> str:
    """Return a table of where the time of an answer goes, and whose Python takes which share of the processor."""
    rows = [
        (
            QUESTIONS[name].title,
            *(number(took) for took in (of["answer_ms"], of["sql_ms"], of["answer_ms"] - of["sql_ms"])),
        )
        for name, of in found["questions"].items()
    ]
    most = {owner: share for owner, share in found["shares"].items() if share >= LEAST_SHARE}
    shares = ", ".join(f"{owner} {100 * share:.0f} %" for owner, share in most.items())
    return "\n\n".join([table(("question", "answer ms", "its SQL ms", "the rest ms"), rows), f"Python: {shares}."])


def load_table(found: Mapping[str, Any]) -> str:
    """Return a table of how loads compare to COPY."""
    files = {"full": "a full cross product", "sparse": "few goods and partners with most of the trade"}
    rows = [(words, number(found[name])) for name, words in files.items()]
    return table((f"file of {found['rows']:,} rows", "load over COPY"), rows)


def sizes_table(found: Mapping[str, Any]) -> str:
    """Return a table of what each question takes over the whole database, over what it takes over the small one."""
    rows = [(QUESTIONS[name].title, number(ratio)) for name, ratio in found.items() if name in QUESTIONS]
    return table(("question", "large over small"), rows)

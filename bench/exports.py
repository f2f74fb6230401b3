"""An export of a million rows, from all who can, against COPY of the same rows as CSV, and the memory that it takes.

    BENCH_HOME=FOLDER python -m bench.exports [ROUNDS]

First all exports are read and compared; one that takes longer than twenty seconds is not asked again.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from statistics import median

import pyarrow as pa

from bench.competitors.tradeflows import Tradeflows
from bench.environment import Place, numbers_given, place
from bench.exporting import Copy, Download, Export, Written
from bench.goals import GUNICORN
from bench.in_process import InProcess
from bench.processes import forget_peak, peak_mb, workers
from bench.queries import QUESTIONS, Asked, asked, world_of
from bench.seed import started
from bench.taking_part import OverHttp, Participant, all_started

ROUNDS, TOO_LONG_S = 5, 20
COPY = "COPY as CSV, by psql"
QUESTION = QUESTIONS["export"]
FORMS = ("csv", "csv, zstd", "ndjson", "parquet")


def exports_of(participants: list[Participant], where: Place, address: str, wanted: Asked) -> Iterator[Export]:
    """Yield the exports that are compared, COPY first."""
    words = ", ".join(f"'{wanted[name]}'" for name in ("reporter", "flow", "first", "last"))
    yield Copy(COPY, address, f"SELECT * FROM bench.exports({words})")
    for one in participants:
        match one:
            case OverHttp(contestant=contestant) if one.answers(QUESTION):
                request = contestant.request(QUESTION, wanted)
                assert request is not None
                for form in FORMS if isinstance(contestant, Tradeflows) else ("graphql" if request.body else "csv",):
                    asked_for = replace(
                        request, path=request.path.replace("format=csv", f"format={form.split(',')[0]}")
                    )
                    yield Download(f"{one.name}, {form}", one.address, asked_for, form)
            case InProcess():
                told = {"query": one.queries[QUESTION.name], "asked": wanted}
                yield Written(f"{one.name}, csv", one.told, told, where.home / "export.csv")


def seconds_of(export: Export) -> float:
    """Return how long an export takes, of which nothing is kept."""
    began = time.perf_counter()
    for _ in export.chunks():
        pass
    return time.perf_counter() - began


@dataclass
class Line:
    """What is known of an export: how long it took at first and in each round, in seconds, and why it is not timed."""

    export: str
    first: float = 0
    bytes: int = 0
    rows: int = 0
    wrong: str | None = None
    seconds: list[float] = field(default_factory=list)

    @property
    def is_timed(self) -> bool:
        """Return whether it takes part in the rounds."""
        return self.wrong is None and self.first < TOO_LONG_S

    def over(self, other: "Line") -> float | None:
        """Return how many times as long as the other it takes, the median of the rounds; null where it is not timed."""
        if not self.seconds or not other.seconds:
            return None
        return median(own / its for own, its in zip(self.seconds, other.seconds, strict=True))


def read(export: Export, expected: pa.Table | None) -> tuple[Line, pa.Table | None]:
    """Return the line of an export after it was read once, and its rows, which have to equal those `expected`."""
    line, began = Line(export.name), time.perf_counter()
    try:
        sent = b"".join(export.chunks())
        line.first, line.bytes = time.perf_counter() - began, len(sent)
        table = export.table(sent, QUESTION.columns)
    except (OSError, ValueError, LookupError, pa.ArrowException) as error:
        line.wrong = f"no rows to compare: {error}"
        return line, None
    line.rows = table.num_rows
    if expected is not None and not table.equals(expected):
        line.wrong = f"its {table.num_rows:,} rows differ from the {expected.num_rows:,} of {COPY}"
    return line, table


def measured(exports: list[Export], *, rounds: int, processes: list[int]) -> tuple[list[Line], float]:
    """Return a line for each export, and the peak memory of `processes` in megabytes while they were timed."""
    lines: list[Line] = []
    expected: pa.Table | None = None
    for export in exports:
        line, table = read(export, expected)
        expected = table if expected is None else expected
        lines.append(line)
        print(f"{export.name}: {line.first:.1f} s", line.wrong or "", flush=True)
    for process in processes:
        forget_peak(process)
    for _ in range(rounds):
        for export, line in zip(exports, lines, strict=True):
            if line.is_timed:
                line.seconds.append(seconds_of(export))
    return lines, max(map(peak_mb, processes))


def main() -> None:
    """Measure, and write down what was measured."""
    (rounds,) = numbers_given(ROUNDS)
    where = place()
    address = started(where)
    wanted = asked(QUESTION, world_of(address), seed="export", number=1)[0]
    with all_started(where, address) as (participants, missing):
        ours = [child for one in participants if one.name == GUNICORN for child in workers(one.pid)]
        exports = list(exports_of(participants, where, address, wanted))
        lines, peak = measured(exports, rounds=rounds, processes=ours)
    copy, by_name = lines[0], {line.export: line for line in lines}
    goals = {form: by_name[f"{GUNICORN}, {form}"].over(copy) for form in FORMS}
    noted = [{**asdict(line), "over": line.over(copy)} for line in lines]
    where.note(
        "export", {"rounds": rounds, "asked": wanted, "missing": missing, "lines": noted, "peak_mb": peak, **goals}
    )


if __name__ == "__main__":
    main()

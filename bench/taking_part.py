"""Contestants that were started: how each is asked, and how load is put on it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bench.contestants.contestant import Contestant, Row, absent, rows_of_json, sent, serving
from bench.contestants.datasette import Datasette
from bench.contestants.empty_flask import EmptyFlask
from bench.contestants.fastapi_asyncpg import FastApi
from bench.contestants.plain_sql import plain_queries
from bench.contestants.postgraphile import Postgraphile
from bench.contestants.postgrest import Postgrest
from bench.contestants.tradeflows import Tradeflows
from bench.loading import CONNECTIONS, MOST_A_SECOND, Sample, load
from bench.place import HERE, Place
from bench.questions import Asked, Question

CONTESTANTS: tuple[Contestant, ...] = (
    Tradeflows("gunicorn"),
    Tradeflows("granian"),
    EmptyFlask("gunicorn"),
    EmptyFlask("granian"),
    FastApi(),
    Postgrest(),
    Postgraphile(),
    Datasette(),
)


class Participant(Protocol):
    """One that was started."""

    name: str

    @property
    def keeps_answers(self) -> bool:
        """Whether a question that was asked before is answered from memory."""

    @property
    def has_figures(self) -> bool:
        """Whether its answers hold any figures."""

    def answers(self, question: Question) -> bool:
        """Return whether it can be asked."""

    def rows(self, question: Question, asked: Asked) -> list[Row]:
        """Return the rows of its answer."""

    def load(self, question: Question, asked: list[Asked], *, seconds: int) -> Sample:
        """Return what so many seconds of load gave."""


@dataclass
class OverHttp:
    """One that is asked over HTTP."""

    contestant: Contestant
    address: str
    pid: int
    file: Path

    def __post_init__(self) -> None:
        self.name = self.contestant.name
        self.keeps_answers = self.contestant.keeps_answers
        self.has_figures = not isinstance(self.contestant, EmptyFlask)

    def answers(self, question: Question) -> bool:
        """Return whether it can be asked: all can be, but an empty view has no rows to export."""
        return self.has_figures or question.name != "export"

    def rows(self, question: Question, asked: Asked) -> list[Row]:
        """Return the rows of its answer."""
        request = self.contestant.request(question, asked)
        assert request is not None
        return self.contestant.rows(sent(self.address, request))

    def load(self, question: Question, asked: list[Asked], *, seconds: int) -> Sample:
        """Return what so many seconds of load gave."""
        requests = [self.contestant.request(question, one) for one in asked[: seconds * MOST_A_SECOND]]
        return load(self.address, [one for one in requests if one], seconds=seconds, file=self.file)


@dataclass
class InProcess:
    """DuckDB, which is asked by a program of its own; see contestants/duckdb_parquet.py."""

    program: "subprocess.Popen[str]"
    name: str = "DuckDB, in process"
    keeps_answers: bool = False
    has_figures: bool = True
    queries: dict[str, str] = field(default_factory=plain_queries)

    def answers(self, question: Question) -> bool:
        """Return true: there is a query for each."""
        return question.name in self.queries

    def rows(self, question: Question, asked: Asked) -> list[Row]:
        """Return the rows of its answer."""
        return rows_of_json(self.told(do="answer", query=self.queries[question.name], asked=asked))

    def load(self, question: Question, asked: list[Asked], *, seconds: int) -> Sample:
        """Return what so many seconds of load gave."""
        new = asked[: seconds * MOST_A_SECOND]
        wanted = {"query": self.queries[question.name], "asked": new, "seconds": seconds, "threads": CONNECTIONS}
        return Sample(**json.loads(self.told(do="load", **wanted)))

    def told(self, **wanted: object) -> bytes:
        """Return what the program says to it."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(json.dumps(wanted) + "\n")
        self.program.stdin.flush()
        return self.program.stdout.readline().encode()


@contextmanager
def all_started(where: Place, database: str) -> Iterator[tuple[list[Participant], dict[str, str]]]:
    """Yield those that take part, and why each of the others does not; all end with this process."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    taking_part: list[Participant] = []
    missing: dict[str, str] = {}
    with ExitStack() as until_the_end:
        for contestant in CONTESTANTS:
            reason = contestant.missing(where)
            if reason is None:
                try:
                    address, pid = until_the_end.enter_context(serving(contestant, where, database))
                    file = where.folder("asked") / f"{contestant.name.replace(' ', '-')}.tsv"
                    taking_part.append(OverHttp(contestant, address, pid, file))
                except RuntimeError as error:
                    reason = str(error)
            if reason is not None:
                missing[contestant.name] = reason
        reason = absent(where.python, where.parquet)
        if reason is None:
            taking_part.append(InProcess(until_the_end.enter_context(_duckdb(where))))
        else:
            missing[InProcess.name] = reason
        yield taking_part, missing


@contextmanager
def _duckdb(where: Place) -> Iterator["subprocess.Popen[str]"]:
    command = [str(where.python), str(HERE / "contestants" / "duckdb_parquet.py"), str(where.parquet)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        yield program
        assert program.stdin is not None
        program.stdin.close()

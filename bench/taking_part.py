"""Contestants that were started: how each is asked, and how load is put on it."""

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.competitors.base import Contestant, Failed, Row, absent, sent, serving
from bench.competitors.datasette_sqlite import Datasette
from bench.competitors.empty_flask import EmptyFlask
from bench.competitors.fastapi_asyncpg import FastApi
from bench.competitors.postgraphile import Postgraphile
from bench.competitors.postgrest import Postgrest
from bench.competitors.tradeflows import Tradeflows
from bench.environment import Place
from bench.in_process import InProcess
from bench.loading import MOST_A_SECOND, Sample, load
from bench.queries import Asked, Question

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

    def answer(self, question: Question, asked: Asked) -> bytes:
        """Return its answer as it sends it.

        :raises Failed: there is none.
        """

    def rows(self, question: Question, asked: Asked) -> list[Row]:
        """Return the rows of its answer."""

    def load(self, question: Question, asked: list[Asked], *, seconds: int) -> Sample:
        """Return what so many seconds of load gave.

        :raises Failed: nothing.
        """


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

    def answer(self, question: Question, asked: Asked) -> bytes:
        """Return its answer as it sends it.

        :raises Failed: there is none.
        """
        request = self.contestant.request(question, asked)
        assert request is not None
        try:
            return sent(self.address, request)
        except OSError as error:
            raise Failed(str(error)) from error

    def rows(self, question: Question, asked: Asked) -> list[Row]:
        """Return the rows of its answer."""
        return self.contestant.rows(self.answer(question, asked))

    def load(self, question: Question, asked: list[Asked], *, seconds: int) -> Sample:
        """Return what so many seconds of load gave."""
        requests = [self.contestant.request(question, one) for one in asked[: seconds * MOST_A_SECOND]]
        return load(self.address, [one for one in requests if one], seconds=seconds, file=self.file)


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
                except Failed as error:
                    reason = str(error)
            if reason is not None:
                missing[contestant.name] = reason
        reason = absent(where.python, where.parquet)
        if reason is None:
            taking_part.append(until_the_end.enter_context(closing(InProcess(where))))
        else:
            missing[InProcess.name] = reason
        yield taking_part, missing

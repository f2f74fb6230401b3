"""DuckDB, which is asked by a program of its own; see competitors/duckdb_parquet.py."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from bench.competitors.base import Failed, Row, rows_of_json
from bench.competitors.plain_sql import plain_queries
from bench.environment import HERE, Place
from bench.loading import CONNECTIONS, MOST_A_SECOND, Sample
from bench.queries import Asked, Question


@dataclass
class InProcess:
    """DuckDB in a program that is started when it is asked for the first time, and again after it ended."""

    where: Place
    name: str = "DuckDB, in process"
    keeps_answers: bool = False
    has_figures: bool = True
    queries: dict[str, str] = field(default_factory=plain_queries)
    program: "subprocess.Popen[str] | None" = None

    def answers(self, question: Question) -> bool:
        """Return true: there is a query for each."""
        return question.name in self.queries

    def answer(self, question: Question, asked: Asked) -> bytes:
        """Return its answer, in JSON.

        :raises Failed: there is none.
        """
        return self.told(do="answer", query=self.queries[question.name], asked=asked)

    def rows(self, question: Question, asked: Asked) -> list[Row]:
        """Return the rows of its answer."""
        return rows_of_json(self.answer(question, asked))

    def load(self, question: Question, asked: list[Asked], *, seconds: int) -> Sample:
        """Return what so many seconds of load gave."""
        new = asked[: seconds * MOST_A_SECOND]
        wanted = {"query": self.queries[question.name], "asked": new, "seconds": seconds, "threads": CONNECTIONS}
        return Sample(**json.loads(self.told(do="load", **wanted)))

    def told(self, **wanted: object) -> bytes:
        """Return what the program says to it.

        :raises Failed: it says that it cannot, or has ended.
        """
        program = self._running()
        assert program.stdin is not None
        assert program.stdout is not None
        try:
            program.stdin.write(json.dumps(wanted) + "\n")
            program.stdin.flush()
            line = program.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.close()
            raise Failed(f"its program ended with status {program.returncode}; see {self._log.name}")
        if line.startswith('{"failed":'):
            raise Failed(json.loads(line)["failed"])
        return line.encode()

    def close(self) -> None:
        """End the program."""
        if self.program is not None:
            self.program.communicate()
            self.program = None

    @property
    def _log(self) -> Path:
        return self.where.folder("logs") / f"{self.name.replace(' ', '-')}.log"

    def _running(self) -> "subprocess.Popen[str]":
        if self.program is None:
            command = [str(self.where.python), str(HERE / "competitors" / "duckdb_parquet.py"), str(self.where.parquet)]
            with self._log.open("a") as log:
                self.program = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
                )
        return self.program

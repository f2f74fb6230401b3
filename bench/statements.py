"""What the SQL of this checkout's answers costs, beside that of others: processor time of the server and of who asks.

    BENCH_HOME=FOLDER python -m bench.statements OWN.json [OTHER.json ...]

Writes to the first file what the bench's questions are answered by here, and runs it in turns with what others wrote to
theirs, checking that the rows are equal. Reads Linux's count of the time that a process was given.
"""

import json
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import create_engine

from bench.competitors.tradeflows import Tradeflows
from bench.environment import place
from bench.inside import asked_by
from bench.queries import QUESTIONS, asked, world_of
from bench.seed import started
from service.app import create_app
from service.config import sqlalchemy_url

NAMES, REQUESTS, ROUNDS = ("series", "partners", "commodities", "page_100", "page_1000", "group"), 20, 15

Statements = dict[str, list[tuple[str, list[str]]]]
"""For each question, statements with their values."""


def statements(address: str) -> Statements:
    """Return what the first reporter's figures are asked by, 20 times for each question."""
    app, world = create_app(create_engine(sqlalchemy_url(address)), response_cache_mb=0), world_of(address)
    found: Statements = {name: [] for name in NAMES}
    for name in NAMES:
        for number, words in enumerate(asked(QUESTIONS[name], world, seed="statements", number=REQUESTS)):
            wanted = words | {"reporter": world.reporters[0]}
            if name == "series" and number % 2:  # half of them without gaps
                wanted |= {"partner": world.partners[number % 7], "commodity": world.chapters[number]}
            request = Tradeflows("gunicorn").request(QUESTIONS[name], wanted)
            assert request is not None
            sql, values = asked_by(partial(app.test_client().get, request.path))
            found[name].append((sql.decode(), list(values)))
    return found


@dataclass(frozen=True)
class _Lane:
    connection: psycopg.Connection[Any]
    statements: Statements

    def took(self, name: str) -> tuple[float, float, list[list[tuple[Any, ...]]]]:
        """Return microseconds of the server and of this process for a statement, and the rows of each."""
        server, own, rows = self._server_ns(), time.process_time_ns(), []
        for sql, values in self.statements[name]:
            cursor = psycopg.RawCursor(self.connection)
            rows.append(cursor.execute(sql.encode(), values, prepare=True, binary=True).fetchall())
        asked_own = time.process_time_ns() - own
        return (self._server_ns() - server) / len(rows) / 1000, asked_own / len(rows) / 1000, rows

    def _server_ns(self) -> int:
        return int(Path(f"/proc/{self.connection.info.backend_pid}/schedstat").read_text().split()[0])


def _lane(address: str, file: Path) -> _Lane:
    connection = psycopg.connect(address, autocommit=True)
    connection.prepared_max = 100
    connection.execute("SET plan_cache_mode = force_generic_plan")
    return _Lane(connection, json.loads(file.read_text()))


def compare(address: str, files: list[Path]) -> None:
    """Print for each question and file the medians, all of them asked in turns."""
    lanes = [_lane(address, file) for file in files]
    for name in NAMES:
        rows = [lane.took(name)[2] for lane in lanes]
        rounds = [[lane.took(name)[:2] for lane in lanes] for _ in range(ROUNDS)]
        for file, of_lane, found in zip(files, zip(*rounds, strict=True), rows, strict=True):
            server, own = (median(part) for part in zip(*of_lane, strict=True))
            same = "" if found == rows[0] else "  OTHER ROWS"
            print(f"{name:12} {file.stem:16} server {server:7.0f} us, who asks {own:7.0f} us{same}", flush=True)


def main() -> None:
    """Write what is asked here, and run it beside what others ask."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    address, files = started(place()), [Path(name) for name in sys.argv[1:]]
    files[0].write_text(json.dumps(statements(address)))
    compare(address, files)


if __name__ == "__main__":
    main()

"""This service, as users run it: `tradeflows serve`, two workers, its answers kept."""

import json
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench.competitors.base import Request, Row, query
from bench.environment import Place
from bench.loading import CONNECTIONS
from bench.queries import FIRST, LAST, Asked, Question

PROGRAM = Path(sys.executable).with_name("tradeflows")
EVERY_GOOD = {"partner": "all", "commodity": "all", "level": "6"}


@dataclass(frozen=True)
class Tradeflows:
    """The service under one of the servers that it can run under."""

    server: str
    keeps_answers: bool = True

    @property
    def name(self) -> str:
        """Return what it is called in tables."""
        return f"tradeflows, {self.server}"

    def missing(self, where: Place) -> str | None:  # noqa: ARG002 - as others are asked
        """Return whether the server is not installed."""
        return None if find_spec(self.server) else f"{self.server} is not installed"

    def command(self, where: Place, database: str, port: int) -> tuple[list[str], dict[str, str]]:
        """Return what starts it."""
        option = [] if self.server == "gunicorn" else [f"--server={self.server}"]
        command = [str(PROGRAM), "serve", f"--bind=127.0.0.1:{port}", "--no-prepare", "--no-demo", *option]
        # Eight ask at once, and all eight may meet one worker: with fewer connections it would turn some away.
        settings = {"POOL_SIZE": str(CONNECTIONS), "TRADEFLOWS_HOME": str(where.folder("service"))}
        return command, {"DATABASE_URL": database, **settings}

    def request(self, question: Question, asked: Asked) -> Request | None:
        """Return the request for the columns that are compared, and those that always come."""
        fields = ",".join(question.columns)
        match question.name:
            case "series" | "group":
                return Request(f"/v1/series?{query(asked, fields=fields, period=f'{FIRST}..{LAST}', limit='120')}")
            case "partners":
                return Request(f"/v1/partners?{query(asked, fields=fields, limit='20')}")
            case "commodities":
                return Request(f"/v1/commodities?{query(asked, fields=fields, level='2', sort='-value', limit='20')}")
            case "export":
                month = {"reporter": asked["reporter"], "flow": asked["flow"]}
                period = f"{asked['first']}..{asked['last']}"
                return Request(f"/v1/flows?{query(month | EVERY_GOOD, fields=fields, period=period, format='csv')}")
            case _:
                return Request(f"/v1/flows?{query(asked | EVERY_GOOD, fields=fields)}")

    def rows(self, body: bytes) -> list[Row]:
        """Return the rows of the envelope."""
        rows: list[Row] = json.loads(body)["data"]
        return rows

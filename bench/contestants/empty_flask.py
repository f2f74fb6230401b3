"""An empty view of Flask under the servers that the service runs under: what it could be at most."""

from dataclasses import dataclass
from importlib.util import find_spec

from flask import Flask

from bench.contestants.contestant import Request, Row
from bench.place import HERE, Place
from bench.questions import Asked, Question
from service.cli.serve import THREADS, WORKERS
from service.cli.servers import server_command

APPLICATION = "bench.contestants.empty_flask:application"


def application() -> Flask:
    """Return an application that says nothing."""
    app = Flask("empty")

    @app.get("/")
    def say_nothing() -> dict[str, list[object]]:
        return {"data": []}

    return app


@dataclass(frozen=True)
class EmptyFlask:
    """The empty view under one of the servers."""

    server: str
    keeps_answers: bool = False

    @property
    def name(self) -> str:
        """Return what it is called in tables."""
        return f"empty Flask view, {self.server}"

    def missing(self, where: Place) -> str | None:  # noqa: ARG002 - as others are asked
        """Return whether the server is not installed."""
        return None if find_spec(self.server) else f"{self.server} is not installed"

    def command(self, where: Place, database: str, port: int) -> tuple[list[str], dict[str, str]]:  # noqa: ARG002
        """Return what starts it."""
        address = f"127.0.0.1:{port}"
        command = server_command(self.server, address, workers=WORKERS, threads=THREADS, application=APPLICATION)
        return command, {"PYTHONPATH": str(HERE.parent)}

    def request(self, question: Question, asked: Asked) -> Request | None:  # noqa: ARG002 - it answers all alike
        """Return the one request that there is; exports have no such bound."""
        return None if question.name == "export" else Request("/")

    def rows(self, body: bytes) -> list[Row]:
        """Return nothing."""
        raise NotImplementedError("it has no rows")

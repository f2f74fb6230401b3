"""An empty view of Flask under the servers that the service runs under: what it could be at most."""

import sys
from dataclasses import dataclass

from flask import Flask

from bench.contestants.contestant import Request, Row
from bench.place import HERE, Place
from bench.questions import Asked, Question
from service.cli.serve import THREADS, WORKERS


def application() -> Flask:
    """Return an application that says nothing."""
    app = Flask("empty")

    @app.get("/")
    def say_nothing() -> dict[str, list[object]]:
        return {"data": []}

    return app


@dataclass(frozen=True)
class EmptyFlask:
    """The empty view under gunicorn."""

    name: str = "empty Flask view, gunicorn"
    keeps_answers: bool = False

    def missing(self, where: Place) -> str | None:  # noqa: ARG002 - as others are asked
        """Return null: it needs what the service needs."""
        return None

    def command(self, where: Place, database: str, port: int) -> tuple[list[str], dict[str, str]]:  # noqa: ARG002
        """Return what starts it."""
        options = [f"--workers={WORKERS}", f"--threads={THREADS}", "--no-control-socket", "--log-level=warning"]
        config = ["--config=python:service.cli.workers", f"--bind=127.0.0.1:{port}"]
        command = [sys.executable, "-m", "gunicorn", *options, *config, "bench.contestants.empty_flask:application()"]
        return command, {"PYTHONPATH": str(HERE.parent)}

    def request(self, question: Question, asked: Asked) -> Request | None:  # noqa: ARG002 - it answers all alike
        """Return the one request that there is; exports have no such bound."""
        return None if question.name == "export" else Request("/")

    def rows(self, body: bytes) -> list[Row]:
        """Return nothing."""
        raise NotImplementedError("it has no rows")

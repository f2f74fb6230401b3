"""An empty view of Flask under the servers that the service runs under: what it could be at most.

It says next to nothing, or as many bytes as it is asked for, so that what it costs to send an answer is known as well.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from flask import Flask, Response

from bench.competitors.base import Request, Row
from bench.environment import HERE, Place
from bench.queries import Asked, Question
from service.api.overload.admission_control import LIMITER_EXTENSION
from service.api.overload.concurrency_limiter import Door
from service.cli.serve import THREADS, WORKERS
from service.server.commands import server_command

LENGTH = "length"
"""What is asked of it: how many bytes to send; where it is not asked for any, it says next to nothing."""
APPLICATION = "bench.competitors.empty_flask:application"


def application() -> Flask:
    """Return an application that says nothing."""
    app = Flask("empty")
    app.extensions[LIMITER_EXTENSION] = Door(
        at_once=THREADS, waiting=0, wait_s=0
    )  # which the worker asks; all are let in

    @app.get("/")
    def say_nothing() -> dict[str, list[object]]:
        return {"data": []}

    @app.get("/<int:length>")
    def say_as_much(length: int) -> Response:
        return Response(_as_long(length), mimetype="application/json")

    return app


@cache
def _as_long(length: int) -> bytes:
    return b'"' + b"x" * (length - 2) + b'"'


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

    def request(self, question: Question, asked: Asked) -> Request | None:
        """Return the request for as many bytes as are asked for; exports have no such bound."""
        return None if question.name == "export" else Request(f"/{asked.get(LENGTH, '')}")

    def rows(self, body: bytes) -> list[Row]:
        """Return nothing."""
        raise NotImplementedError("it has no rows")

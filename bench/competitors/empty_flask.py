"""A Flask view without figures, under the servers of the service: an upper bound of what the service can reach.

It sends `{"data": []}`, or as many bytes as the path says, which shows the cost of sending a response.
"""

import sys
from importlib.util import find_spec

from flask import Flask, Response

from bench.catalog import Parameters, Query
from bench.competitors.base import Competitor, Request
from bench.environment import PROCESSES, Environment

THREADS = 16
"""Threads of a worker, as many as the service has."""
APPLICATION = "bench.competitors.empty_flask:application"


def application() -> Flask:
    """Return the application."""
    app = Flask("empty")
    app.add_url_rule("/", view_func=lambda: {"data": []}, endpoint="empty")
    app.add_url_rule(
        "/<int:length>", view_func=lambda length: Response(b'"' + b"x" * (length - 2) + b'"'), endpoint="sized"
    )
    return app


class EmptyFlask(Competitor):
    """The empty view under gunicorn or granian, with as many workers and threads as the service."""

    has_figures = False
    export_formats = ()

    def __init__(self, server: str) -> None:
        self.server, self.name = server, f"empty Flask view, {server}"

    def missing(self, environment: Environment) -> str | None:
        return None if find_spec(self.server) else f"{self.server} is not installed"

    def command(self, environment: Environment, database_url: str, port: int) -> tuple[list[str], dict[str, str]]:
        granian = (
            f"--blocking-threads={THREADS} --interface=wsgi --factory --http=1 --no-ws --port={port} {APPLICATION}"
        )
        gunicorn = f"--threads={THREADS} --no-control-socket --bind=127.0.0.1:{port} {APPLICATION}()"
        options = (gunicorn if self.server == "gunicorn" else granian).split()
        command = [sys.executable, "-m", self.server, f"--workers={PROCESSES}", "--log-level=warning"]
        return [*command, *options], {}

    def request(self, query: Query, parameters: Parameters) -> Request:
        """Return the request for a response of the length in the parameters, in bytes."""
        return Request(f"/{parameters.get('length', '')}")

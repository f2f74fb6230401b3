"""A Flask view without figures, under the servers of the service: an upper bound of what the service can reach.

It sends `{"data": []}`, or as many bytes as the path says, which shows the cost of sending a response.
"""

from flask import Flask, Response

from bench.catalog import Parameters, Query
from bench.competitors.base import Competitor, Request
from bench.environment import PROCESSES, Environment
from service.config import DEFAULT_THREADS
from service.server.commands import server_command

APPLICATION = "bench.competitors.empty_flask:application"


def application() -> Flask:
    """Return the application."""
    app = Flask("empty")
    app.add_url_rule("/", "empty", lambda: {"data": []})
    app.add_url_rule("/<int:length>", "sized", lambda length: Response(b'"' + b"x" * (length - 2) + b'"'))
    return app


class EmptyFlask(Competitor):
    """The empty view under gunicorn or granian, with as many workers and threads as the service."""

    has_figures = False
    export_formats = ()

    def __init__(self, server: str) -> None:
        self.server, self.name = server, f"empty Flask view, {server}"

    def command(self, environment: Environment, database_url: str, port: int) -> list[str]:
        address = f"127.0.0.1:{port}"
        return server_command(self.server, address, workers=PROCESSES, threads=DEFAULT_THREADS, application=APPLICATION)

    def request(self, query: Query, parameters: Parameters) -> Request:
        """Return the request for a response of the length in the parameters, in bytes."""
        return Request(f"/{parameters.get('length', '')}")

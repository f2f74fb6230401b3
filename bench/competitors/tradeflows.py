"""This service as users run it, `tradeflows serve`: two workers, with its response cache."""

import json
import os
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from subprocess import run

from bench.catalog import FIRST_MONTH, LAST_MONTH, Parameters, Query
from bench.competitors.base import Competitor, Request, Row, query_string
from bench.environment import CONNECTIONS, ROOT, Environment

ALL_SUBHEADINGS = {"partner": "all", "commodity": "all", "level": "6"}


class Tradeflows(Competitor):
    """The service of a checkout, by default of this one, under gunicorn or granian."""

    caches_responses = True
    export_formats = ("csv", "csv, zstd", "ndjson", "parquet")

    def __init__(self, server: str = "gunicorn", checkout: Path = ROOT) -> None:
        self.server, self.checkout, self.name = server, checkout, f"tradeflows, {server}"

    def missing(self, environment: Environment) -> str | None:
        return None if find_spec(self.server) else f"{self.server} is not installed"

    def command(self, environment: Environment, database_url: str, port: int) -> tuple[list[str], dict[str, str]]:
        program, variables = command_line(self.checkout)
        # All clients may meet one worker: with fewer connections it would reject some of them. An earlier checkout has
        # other names for the option and the setting; a setting that it does not know is ignored.
        variables |= {"POOL_SIZE": str(CONNECTIONS), "TRADEFLOWS_POOL_SIZE": str(CONNECTIONS)}
        variables |= {"TRADEFLOWS_HOME": str(environment.folder("service")), "DATABASE_URL": database_url}
        migrate = "--no-migrate" if "--no-migrate" in _serve_help(self.checkout) else "--no-prepare"
        return [
            *program,
            "serve",
            f"--bind=127.0.0.1:{port}",
            migrate,
            "--no-demo",
            f"--server={self.server}",
        ], variables

    def request(self, query: Query, parameters: Parameters) -> Request:
        """Return the request for the columns that are compared; the service adds those that it always sends."""
        every_month = {"period": f"{FIRST_MONTH}..{LAST_MONTH}", "limit": "120"}
        path, options = {
            "series": ("series", every_month),
            "group": ("series", every_month),
            "partners": ("partners", {"limit": "20"}),
            "commodities": ("commodities", {"level": "2", "sort": "-value", "limit": "20"}),
        }.get(query.name, ("flows", ALL_SUBHEADINGS))
        values = {name: value for name, value in parameters.items() if name not in ("first", "last")}
        if "first" in parameters:
            values["period"] = f"{parameters['first']}..{parameters['last']}"
        return Request(f"/v1/{path}?{query_string(values | options, fields=','.join(query.columns))}")

    def rows(self, body: bytes) -> list[Row]:
        """Return the rows of the envelope."""
        rows: list[Row] = json.loads(body)["data"]
        return rows


def command_line(checkout: Path) -> tuple[list[str], dict[str, str]]:
    """Return the program `tradeflows` of a checkout, and the variables that it needs."""
    return [str(checkout_python(checkout)), "-c", "from service.cli import main; main()"], {"PYTHONPATH": str(checkout)}


def checkout_python(checkout: Path) -> Path:
    """Return the Python of the checkout's own environment where there is one, else the present Python."""
    python = checkout / ".venv" / "bin" / "python"
    return python if python.exists() else Path(sys.executable)


@cache
def _serve_help(checkout: Path) -> str:
    program, variables = command_line(checkout)
    return run(
        [*program, "serve", "--help"], env=os.environ | variables, capture_output=True, text=True, check=True
    ).stdout

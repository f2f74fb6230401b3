"""This service as users run it, `tradeflows serve`: two workers, with its response cache."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from bench.catalog import FIRST_MONTH, LAST_MONTH, Parameters, Query
from bench.competitors.base import Competitor, Request, Row, query_string
from bench.environment import CONNECTIONS, ROOT, Environment

CACHE_SETTINGS = ("TRADEFLOWS_RESPONSE_CACHE_MB", "RESPONSE_CACHE_MB", "ANSWER_CACHE_MB")
"""The name of the setting in this and in earlier checkouts."""
NO_CACHE = dict.fromkeys(CACHE_SETTINGS, "0")
ALL_SUBHEADINGS = {"partner": "all", "commodity": "all", "level": "6"}
EVERY_MONTH = {"period": f"{FIRST_MONTH}..{LAST_MONTH}", "limit": "120"}
RESOURCES = {
    "series": ("series", EVERY_MONTH),
    "group": ("series", EVERY_MONTH),
    "partners": ("partners", {"limit": "20"}),
    "commodities": ("commodities", {"level": "2", "sort": "-value", "limit": "20"}),
}
"""The resource of a query and its further parameters; of other queries, flows and all subheadings."""


class Tradeflows(Competitor):
    """The service of a checkout, by default of this one, under gunicorn or granian."""

    caches_responses = True
    export_formats = ("csv", "csv, zstd", "ndjson", "parquet")

    def __init__(
        self,
        server: str = "gunicorn",
        checkout: Path = ROOT,
        *,
        name: str = "",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.server, self.checkout, self.name = server, checkout, name or f"tradeflows, {server}"
        self.settings = settings or {}

    def command(self, environment: Environment, database_url: str, port: int) -> list[str]:
        # All clients may meet one worker: with fewer connections it would reject some of them. An earlier checkout has
        # other names for the option and the setting; POOL_SIZE is set for all competitors.
        settings = {"TRADEFLOWS_HOME": str(environment.folder("service")), "TRADEFLOWS_POOL_SIZE": str(CONNECTIONS)}
        sources = (path.read_text() for path in (self.checkout / "service").rglob("*.py"))
        migrate = "--no-migrate" if any("--no-migrate" in source for source in sources) else "--no-prepare"
        options = [f"--bind=127.0.0.1:{port}", migrate, "--no-demo", f"--server={self.server}"]
        return [*command_line(self.checkout, **settings, **self.settings), "serve", *options]

    def request(self, query: Query, parameters: Parameters) -> Request:
        """Return the request for the columns that are compared; the service adds those that it always sends."""
        path, options = RESOURCES.get(query.name, ("flows", ALL_SUBHEADINGS))
        values = {name: value for name, value in parameters.items() if name not in ("first", "last")}
        if "first" in parameters:
            values["period"] = f"{parameters['first']}..{parameters['last']}"
        return Request(f"/v1/{path}?{query_string(values | options, fields=','.join(query.columns))}")

    def rows(self, body: bytes) -> list[Row]:
        """Return the rows of the envelope."""
        return json.loads(body)["data"]


def command_line(checkout: Path, **variables: str) -> list[str]:
    """Return the command `tradeflows` of a checkout, with environment variables.

    It runs in the folder of the checkout, whose service Python would otherwise not import.
    """
    assignments = (f"{name}={value}" for name, value in {"PYTHONPATH": str(checkout), **variables}.items())
    return [
        f"--chdir={checkout}",
        *assignments,
        str(checkout_python(checkout)),
        "-c",
        "from service.cli import main; main()",
    ]


def checkout_python(checkout: Path) -> Path:
    """Return the Python of the checkout's own environment where there is one, else the present Python."""
    python = checkout / ".venv" / "bin" / "python"
    return python if python.exists() else Path(sys.executable)

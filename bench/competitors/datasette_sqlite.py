"""Datasette on a SQLite file with the same figures: the questions as canned queries.

Its own command starts one process; it is served by as many as the service has workers. See datasette_app.py.
"""

import json
from dataclasses import dataclass

from bench.competitors.base import Request, Row, absent, query, rows_of_json
from bench.competitors.fastapi_asyncpg import uvicorn_options
from bench.competitors.plain_sql import KEYS, filled, plain_queries
from bench.environment import HERE, Place
from bench.queries import Asked, Question

SETTINGS = {"max_returned_rows": 2_000_000, "sql_time_limit_ms": 100_000, "allow_download": 0, "default_cache_ttl": 0}


@dataclass(frozen=True)
class Datasette:
    """Datasette."""

    name: str = "Datasette"
    keeps_answers: bool = False

    def missing(self, where: Place) -> str | None:
        """Return whether it is not installed, or has no file."""
        return absent(where.python.with_name("datasette"), where.sqlite)

    def command(self, where: Place, database: str, port: int) -> tuple[list[str], dict[str, str]]:  # noqa: ARG002
        """Return what starts it."""
        queries = {name: {"sql": filled(text, _word)} for name, text in plain_queries().items()}
        described = where.folder("tools") / "datasette.json"
        metadata = {"databases": {where.sqlite.stem: {"queries": queries}}}
        described.write_text(json.dumps({"file": str(where.sqlite), "metadata": metadata, "settings": SETTINGS}))
        uvicorn = [str(where.python), "-m", "uvicorn", "datasette_app:app", f"--app-dir={HERE / 'contestants'}"]
        return [*uvicorn, *uvicorn_options(port)], {"DESCRIBED": str(described)}

    def request(self, question: Question, asked: Asked) -> Request | None:
        """Return the request for a canned query."""
        form = "csv?_size=max" if question.name == "export" else "json?_shape=array"
        return Request(f"/figures/{question.name}.{form}&{query(asked)}")

    def rows(self, body: bytes) -> list[Row]:
        """Return the rows."""
        return rows_of_json(body)


def _word(name: str) -> str:
    return filled(KEYS[name], _word) if name in KEYS else f":{name}"

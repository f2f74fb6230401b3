"""FastAPI and asyncpg, written by hand as a good engineer would: two workers, orjson, exports streamed by COPY.

The queries are those of postgres_functions.sql. The application is in fastapi_app.py, in an environment of its own.
"""

from dataclasses import dataclass

from bench.competitors.base import Request, Row, absent, query, rows_of_json
from bench.environment import HERE, Place
from bench.loading import CONNECTIONS
from bench.queries import Asked, Question
from service.cli.serve import WORKERS


def uvicorn_options(port: int) -> list[str]:
    """Return how uvicorn serves: by as many workers as the service has, and without a log of requests."""
    return ["--host=127.0.0.1", f"--port={port}", f"--workers={WORKERS}", "--log-level=warning", "--no-access-log"]


@dataclass(frozen=True)
class FastApi:
    """FastAPI and asyncpg."""

    name: str = "FastAPI, asyncpg"
    keeps_answers: bool = False

    def missing(self, where: Place) -> str | None:
        """Return whether it is not installed."""
        return absent(where.python.with_name("uvicorn"))

    def command(self, where: Place, database: str, port: int) -> tuple[list[str], dict[str, str]]:
        """Return what starts it."""
        uvicorn = [str(where.python), "-m", "uvicorn", "fastapi_app:app", f"--app-dir={HERE / 'contestants'}"]
        return [*uvicorn, *uvicorn_options(port)], {"DATABASE_URL": database, "POOL_SIZE": str(CONNECTIONS)}

    def request(self, question: Question, asked: Asked) -> Request | None:
        """Return the request."""
        return Request(f"/{question.name.split('_')[0]}?{query(asked)}")

    def rows(self, body: bytes) -> list[Row]:
        """Return the rows."""
        return rows_of_json(body)

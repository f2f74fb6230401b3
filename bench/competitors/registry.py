"""All competitors, started together."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench.competitors.base import Competitor, CompetitorError
from bench.competitors.datasette import Datasette
from bench.competitors.duckdb import DuckDb
from bench.competitors.empty_flask import EmptyFlask
from bench.competitors.fastapi_asyncpg import FastApi
from bench.competitors.postgraphile import Postgraphile
from bench.competitors.postgrest import Postgrest
from bench.competitors.tradeflows import Tradeflows
from bench.environment import Environment


@contextmanager
def started_competitors(environment: Environment, url: str) -> Iterator[tuple[list[Competitor], dict[str, str]]]:
    """Yield the competitors that are started, and for each of the others the reason; stop all of them afterwards."""
    services = [Tradeflows("gunicorn"), Tradeflows("granian"), EmptyFlask("gunicorn"), EmptyFlask("granian")]
    started: list[Competitor] = []
    missing: dict[str, str] = {}
    with ExitStack() as stack:
        for competitor in (*services, FastApi(), Postgrest(), Postgraphile(), Datasette(), DuckDb()):
            try:
                stack.enter_context(competitor.started(environment, url))
                started.append(competitor)
            except CompetitorError as error:
                missing[competitor.name] = str(error)
        yield started, missing

"""Datasette on a SQLite file with the same figures, under uvicorn: the queries as canned queries."""

from typing import Any

from bench.catalog import EXPORT, Parameters, Query
from bench.competitors.base import Request, UvicornCompetitor, query_string
from bench.competitors.portable_sql import KEY_SUBQUERIES, fill_placeholders, portable_queries
from bench.environment import current_environment

SETTINGS = {"max_returned_rows": 2_000_000, "sql_time_limit_ms": 100_000, "allow_download": 0, "default_cache_ttl": 0}


class Datasette(UvicornCompetitor):
    """Datasette."""

    name = "Datasette"

    def request(self, query: Query, parameters: Parameters) -> Request:
        response_format = "csv?_size=max" if query is EXPORT else "json?_shape=array"
        return Request(f"/figures/{query.name}.{response_format}&{query_string(parameters)}")


def create_app() -> Any:
    """Return the ASGI application, in the environment of the competitors."""
    from datasette.app import Datasette as Application  # noqa: PLC0415 - installed for the competitors only

    queries = {name: {"sql": fill_placeholders(text, _parameter)} for name, text in portable_queries().items()}
    file = current_environment().sqlite_file
    metadata = {"databases": {file.stem: {"queries": queries}}}
    return Application([], immutables=[str(file)], metadata=metadata, settings=SETTINGS).app()


def _parameter(name: str) -> str:
    return fill_placeholders(KEY_SUBQUERIES[name], _parameter) if name in KEY_SUBQUERIES else f":{name}"

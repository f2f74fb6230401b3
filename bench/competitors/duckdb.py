"""DuckDB on Parquet files with the same figures, in one process of uvicorn that queries in several threads."""

from threading import local
from typing import Any

from bench.catalog import EXPORT
from bench.competitors.base import UvicornCompetitor
from bench.competitors.portable_sql import PLACEHOLDER, fill_placeholders, portable_queries
from bench.environment import current_environment

MONTHS = "SELECT name, period FROM month"
KEY_QUERIES = {
    "reporter": ("dataset", "SELECT code, dataset FROM reporter"),
    "partner": ("partner_key", "SELECT code, id FROM area"),
    "commodity": ("commodity_key", "SELECT code, id FROM commodity"),
    "flow": ("flow_key", "VALUES ('X', 1), ('M', 2)"),
    "period": ("period_key", MONTHS),
    "first": ("first_key", MONTHS),
    "last": ("last_key", MONTHS),
}
"""The name of the key of each parameter, and the query for the keys of all codes."""


class DuckDb(UvicornCompetitor):
    """DuckDB."""

    name = "DuckDB, Parquet"
    processes = 1


def create_app() -> Any:
    """Return the ASGI application, in the environment of the competitors."""
    import duckdb  # noqa: PLC0415 - installed for the competitors only
    import orjson  # noqa: PLC0415 - as above
    from starlette.applications import Starlette  # noqa: PLC0415 - as above
    from starlette.responses import FileResponse, Response  # noqa: PLC0415 - as above
    from starlette.routing import Route  # noqa: PLC0415 - as above

    folder, queries, thread, database = (
        current_environment().parquet_folder,
        portable_queries(),
        local(),
        duckdb.connect(),
    )
    for path in folder.iterdir():
        database.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM '{path if path.is_file() else path / '*.parquet'}'")
    keys = {name: (key, dict(database.execute(sql).fetchall())) for name, (key, sql) in KEY_QUERIES.items()}

    def query_values(parameters: Any) -> dict[str, Any]:
        values = {"world_key": keys["partner"][1]["WLD"], "total_key": keys["commodity"][1]["TOTAL"], **parameters}
        values |= {key: codes[parameters[name]] for name, (key, codes) in keys.items() if name in parameters}
        return values | ({"limit": int(parameters["limit"])} if "limit" in parameters else {})

    def respond(request: Any) -> Response:
        query, values = request.path_params["query"], query_values(request.query_params)
        thread.cursor = getattr(thread, "cursor", None) or database.cursor()
        if query == EXPORT.name:
            file = folder.with_name("export.csv")
            rows = fill_placeholders(queries[query], lambda name: repr(values[name]))
            thread.cursor.execute(f"COPY ({rows}) TO '{file}' (FORMAT csv, HEADER)")
            return FileResponse(file)
        sql, names = PLACEHOLDER.sub(r"$\1", queries[query]), PLACEHOLDER.findall(queries[query])
        cursor = thread.cursor.execute(sql, {name: values[name] for name in names})
        columns = [column[0] for column in cursor.description]
        return Response(orjson.dumps([dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]))

    return Starlette(routes=[Route("/{query}", respond)])

"""DuckDB on Parquet files with the same figures, in one process of uvicorn that queries in several threads."""

import os
from pathlib import Path
from threading import local
from typing import Any

from bench.catalog import EXPORT, Parameters, Query
from bench.competitors.base import Competitor, Request, missing_file, query_string, uvicorn_command
from bench.competitors.portable_sql import PLACEHOLDER, fill_placeholders, portable_queries
from bench.environment import Environment

CODE_QUERIES = {"reporter": "SELECT code, dataset", "area": "SELECT code, id", "commodity": "SELECT code, id"}


class DuckDb(Competitor):
    """DuckDB."""

    name = "DuckDB, Parquet"

    def missing(self, environment: Environment) -> str | None:
        return missing_file(environment.python, environment.parquet_folder)

    def command(self, environment: Environment, database_url: str, port: int) -> tuple[list[str], dict[str, str]]:
        command = uvicorn_command(environment.python, "bench.competitors.duckdb:create_app", port, processes=1)
        return command, {"PARQUET_FOLDER": str(environment.parquet_folder)}

    def request(self, query: Query, parameters: Parameters) -> Request:
        return Request(f"/{query.name}?{query_string(parameters)}")


def create_app() -> Any:
    """Return the ASGI application, in the environment of the competitors."""
    import duckdb  # noqa: PLC0415 - installed for the competitors only
    import orjson  # noqa: PLC0415 - as above
    from starlette.applications import Starlette  # noqa: PLC0415 - as above
    from starlette.responses import FileResponse, Response  # noqa: PLC0415 - as above
    from starlette.routing import Route  # noqa: PLC0415 - as above

    folder, queries, thread = Path(os.environ["PARQUET_FOLDER"]), portable_queries(), local()
    database = duckdb.connect()
    for path in folder.iterdir():
        database.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM '{path if path.is_file() else path / '*.parquet'}'")
    keys = {
        table: dict(database.execute(f"{columns} FROM {table}").fetchall()) for table, columns in CODE_QUERIES.items()
    }

    def respond(request: Any) -> Response:
        query, values = request.url.path[1:], _values(dict(request.query_params), keys)
        thread.cursor = getattr(thread, "cursor", None) or database.cursor()
        if query == EXPORT.name:
            file = folder.with_name("export.csv")
            literals = {name: f"'{value}'" if isinstance(value, str) else str(value) for name, value in values.items()}
            rows = fill_placeholders(queries[query], literals.__getitem__)
            thread.cursor.execute(f"COPY ({rows}) TO '{file}' (FORMAT csv, HEADER)")
            return FileResponse(file)
        sql, names = PLACEHOLDER.sub(r"$\1", queries[query]), PLACEHOLDER.findall(queries[query])
        cursor = thread.cursor.execute(sql, {name: values[name] for name in names})
        columns = [column[0] for column in cursor.description]
        return Response(orjson.dumps([dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]))

    return Starlette(routes=[Route("/{query}", respond)])


def _values(parameters: dict[str, str], keys: dict[str, dict[str, int]]) -> dict[str, str | int]:
    """Return the parameters and the keys of their codes."""
    values: dict[str, str | int] = {
        "world_key": keys["area"]["WLD"],
        "total_key": keys["commodity"]["TOTAL"],
        **parameters,
    }
    for name, value in parameters.items():
        match name:
            case "reporter":
                values["dataset"] = keys["reporter"][value]
            case "partner" | "commodity":
                values[f"{name}_key"] = keys["area" if name == "partner" else name][value]
            case "flow":
                values["flow_key"] = 1 if value == "X" else 2
            case "limit":
                values["limit"] = int(value)
            case "period" | "first" | "last":
                values[f"{name}_key"] = int(value[:4]) * 12 + int(value[5:]) - 1
    return values

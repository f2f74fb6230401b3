"""FastAPI and asyncpg on the functions of postgres_functions.sql, written by hand for speed: orjson, COPY."""

import os
from asyncio import Queue, create_task
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bench.catalog import Parameters, Query
from bench.competitors.base import Request, UvicornCompetitor, query_string
from bench.competitors.postgrest import FUNCTIONS
from bench.environment import CONNECTIONS

MAX_BUFFERED_CHUNKS = 16


class FastApi(UvicornCompetitor):
    """FastAPI and asyncpg."""

    name = "FastAPI, asyncpg"

    def request(self, query: Query, parameters: Parameters) -> Request:
        return Request(f"/{FUNCTIONS[query.name]}?{query_string(parameters)}")


def create_app() -> Any:  # noqa: C901 - the routes, one after the other
    """Return the ASGI application, in the environment of the competitors."""
    import asyncpg  # noqa: PLC0415 - installed for the competitors only
    import orjson  # noqa: PLC0415 - as above
    from fastapi import FastAPI, Response  # noqa: PLC0415 - as above
    from fastapi.responses import StreamingResponse  # noqa: PLC0415 - as above

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    async def respond(function: str, *values: object) -> Response:
        arguments = ", ".join(f"${number}" for number, _ in enumerate(values, start=1))
        rows = await app.state.pool.fetch(f"SELECT * FROM bench.{function}({arguments})", *values)
        return Response(orjson.dumps([dict(row) for row in rows]), media_type="application/json")

    @app.get("/series")
    async def series(reporter: str, partner: str, flow: str, commodity: str) -> Response:
        return await respond("series", reporter, partner, flow, commodity)

    @app.get("/group_series")
    async def group_series(reporter: str, partner: str, flow: str, commodity: str) -> Response:
        return await respond("group_series", reporter, partner, flow, commodity)

    @app.get("/top_partners")
    async def top_partners(reporter: str, flow: str, commodity: str, period: str) -> Response:
        return await respond("top_partners", reporter, flow, commodity, period)

    @app.get("/top_commodities")
    async def top_commodities(reporter: str, partner: str, period: str) -> Response:
        return await respond("top_commodities", reporter, partner, period)

    @app.get("/page")
    async def page(reporter: str, flow: str, period: str, limit: int) -> Response:
        return await respond("page", reporter, flow, period, limit)

    @app.get("/export")
    async def export(reporter: str, flow: str, first: str, last: str) -> StreamingResponse:
        return StreamingResponse(csv_chunks(reporter, flow, first, last), media_type="text/csv")

    async def csv_chunks(*values: str) -> AsyncIterator[bytes]:
        chunks: Queue[bytes | None] = Queue(MAX_BUFFERED_CHUNKS)

        async def copy() -> None:
            sql = "SELECT * FROM bench.export($1, $2, $3, $4)"
            try:
                async with app.state.pool.acquire() as connection:
                    await connection.copy_from_query(sql, *values, output=chunks.put, format="csv", header=True)
            finally:
                await chunks.put(None)

        copy_task = create_task(copy())
        while (chunk := await chunks.get()) is not None:
            yield bytes(chunk)
        await copy_task

    return app

"""The application of the contestant FastAPI; see fastapi_asyncpg.py."""

import os
from asyncio import Queue, create_task
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import orjson
from fastapi import FastAPI, Response
from fastapi.responses import StreamingResponse

CONNECTIONS = int(os.environ["POOL_SIZE"])
COPIED_AHEAD = 16


@asynccontextmanager
async def connected(app: FastAPI) -> AsyncIterator[None]:
    """Have a pool of connections while the application runs."""
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=connected, openapi_url=None)


async def answer(query: str, *parameters: object) -> Response:
    """Return the rows of a query as JSON."""
    rows = await app.state.pool.fetch(query, *parameters)
    return Response(orjson.dumps([dict(row) for row in rows]), media_type="application/json")


@app.get("/series")
async def series(reporter: str, partner: str, flow: str, commodity: str) -> Response:
    """Answer with a series."""
    return await answer("SELECT * FROM bench.series($1, $2, $3, $4)", reporter, partner, flow, commodity)


@app.get("/group")
async def group(reporter: str, partner: str, flow: str, commodity: str) -> Response:
    """Answer with the series of a group."""
    return await answer("SELECT * FROM bench.group_series($1, $2, $3, $4)", reporter, partner, flow, commodity)


@app.get("/partners")
async def partners(reporter: str, flow: str, commodity: str, period: str) -> Response:
    """Answer with the first partners."""
    return await answer("SELECT * FROM bench.top_partners($1, $2, $3, $4)", reporter, flow, commodity, period)


@app.get("/commodities")
async def commodities(reporter: str, partner: str, period: str) -> Response:
    """Answer with the first chapters."""
    return await answer("SELECT * FROM bench.top_commodities($1, $2, $3)", reporter, partner, period)


@app.get("/page")
async def page(reporter: str, flow: str, period: str, limit: int) -> Response:
    """Answer with a page."""
    return await answer("SELECT * FROM bench.page($1, $2, $3, $4)", reporter, flow, period, limit)


@app.get("/export")
async def export(reporter: str, flow: str, first: str, last: str) -> Response:
    """Stream all rows as CSV."""
    return StreamingResponse(_copied(reporter, flow, first, last), media_type="text/csv")


async def _copied(*parameters: str) -> AsyncIterator[bytes]:
    chunks: Queue[bytes | None] = Queue(COPIED_AHEAD)

    async def copy() -> None:
        try:
            async with app.state.pool.acquire() as connection:
                query = "SELECT * FROM bench.exports($1, $2, $3, $4)"
                await connection.copy_from_query(query, *parameters, output=chunks.put, format="csv", header=True)
        finally:
            await chunks.put(None)

    copying = create_task(copy())
    while (chunk := await chunks.get()) is not None:
        yield bytes(chunk)
    await copying

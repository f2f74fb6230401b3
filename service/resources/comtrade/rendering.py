"""Rendering in UN Comtrade's form: the envelope, reference files, and files of tab-separated text."""

import gzip
from collections.abc import Sequence
from typing import Any

from flask import Response, request

from service.api.contract.formats import encode_json
from service.api.database.context import Context
from service.api.responses.rendering import json_response
from service.resources.comtrade.rows import COLUMNS, ComtradeRow
from service.resources.comtrade.selection import CURRENCY
from service.resources.comtrade.service import ComtradeRows

URL_PREFIX = "/comtrade"
RATE_HEADER = "Exchange-Rate"
ADDRESS_COLUMNS = ("fileUrl", "fileuri", "uri")
CELL_TEXTS = {None: "", True: "true", False: "false"}


def render_envelope(_context: Context, result: ComtradeRows, _format_name: str) -> Response:
    """Return rows in the JSON envelope of UN Comtrade. An HTTP header states the exchange rates of converted values."""
    response = json_response(
        {
            "elapsedTime": "0.00 secs",
            "count": result.count,
            "data": add_addresses(result.rows),
            "error": result.note or "",
        }
    )
    if result.rates:
        response.headers[RATE_HEADER] = ", ".join(
            f"{currency}/{CURRENCY};period={period};rate={rate}" for (currency, period), rate in result.rates.items()
        )
    return response


def render_reference_file(_context: Context, entries: list[ComtradeRow], _format_name: str) -> Response:
    """Return the entries of a reference file."""
    return json_response({"more": False, "results": add_addresses(entries)})


def render_text_file(_context: Context, result: ComtradeRows, _format_name: str) -> Response:
    """Return rows as a gzip file of tab-separated text with a header line."""
    lines = ["\t".join(COLUMNS), *("\t".join(map(_cell_text, row.values())) for row in result.rows), ""]
    body = gzip.compress("\n".join(lines).encode(), compresslevel=6, mtime=0)
    return Response(body, content_type="application/gzip")


def add_addresses(rows: Sequence[ComtradeRow]) -> list[ComtradeRow]:
    """Return rows with the paths in their link columns replaced by absolute URLs."""
    base = request.host_url.rstrip("/") + URL_PREFIX
    return [row | {name: f"{base}{row[name]}" for name in ADDRESS_COLUMNS if row.get(name) is not None} for row in rows]


def _cell_text(cell: Any) -> str:
    if cell is None or isinstance(cell, bool):
        return CELL_TEXTS[cell]
    text = cell if isinstance(cell, str) else encode_json(cell).decode()
    return text.replace("\t", " ").replace("\n", " ")

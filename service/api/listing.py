"""Answers from lists that are held in memory: reference tables, a page at a time, by their key."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response
from marshmallow import Schema

from service.analytics.ordering import Order, Page
from service.api.caching import cached
from service.api.paging import next_link, own_address, page_asked
from service.api.rendering import csv_response, format_asked, json_response
from service.api.rows import columns_asked
from service.api.store import current_reference

Entry = Mapping[str, Any]


def list_answer(
    entries: Callable[[], Sequence[Entry]], parameters: Mapping[str, Any], *, row: type[Schema], key: str
) -> Response:
    """Return one page of `entries`, which are mappings with the columns of `row`, sorted by the unique `key`."""
    form = format_asked(parameters.get("format"))
    return cached(
        lambda: _page(entries(), parameters, row=row, key=key, form=form),
        data_version=current_reference().version,
        form=form,
        as_of=parameters.get("as_of"),
    )


def _page(
    entries: Sequence[Entry], parameters: Mapping[str, Any], *, row: type[Schema], key: str, form: str
) -> Response:
    orders, version = (Order(key),), current_reference().version
    page = page_asked(
        parameters,
        own_order=orders,
        key_order=orders,
        sortable=(),
        data_version=version,
        unlimited=form == "csv",
    )
    found = _after(entries, page, key)
    following = None
    if page.limit is not None and len(found) > page.limit:
        following = next_link(found[page.limit - 1], orders=orders, data_version=version)
    columns = columns_asked(row, parameters.get("fields"), key=(key,))
    rows = [{column: entry[column] for column in columns} for entry in found[: page.limit]]
    if form == "csv":
        response = csv_response(columns, rows)
    else:
        response = json_response(
            {"data": rows, "meta": _meta(rows, version), "links": {"self": own_address(), "next": following}}
        )
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _after(entries: Sequence[Entry], page: Page, key: str) -> Sequence[Entry]:
    if page.after is None:
        return entries
    return entries[bisect_right([entry[key] for entry in entries], page.after[0]) :]


def _meta(rows: Sequence[Entry], version: int) -> dict[str, Any]:
    return {
        "as_of": None,
        "data_version": version,
        "count": len(rows),
        "parameters": {},
        "sources": [],
        "empty_reason": None if rows else "not_covered",
    }

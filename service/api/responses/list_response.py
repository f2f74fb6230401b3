"""Answers from lists that are held in memory: reference tables, and what is made of several queries, page by page."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response
from marshmallow import Schema

from service.analytics.sql.keyset_pagination import KeyValue, Order, Page
from service.api.caching.etags import cached
from service.api.database.request_context import current_reference
from service.api.pagination.cursors import next_link, own_address, page_asked
from service.api.responses.export_response import rows_response
from service.api.responses.query_result import columns_asked
from service.api.serialization.formats import ROWS_ALONE, format_asked, json_response

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Listing:
    """What a list is made of: the schema of its rows, the columns of text that are unique together, and its order.

    `sortable` are the columns of numbers that rows can be sorted by; `own_order` is null for that of the key.
    """

    row: type[Schema]
    key: tuple[str, ...]
    sortable: tuple[str, ...] = ()
    own_order: tuple[Order, ...] | None = None

    @property
    def key_order(self) -> tuple[Order, ...]:
        """Return the order by the key."""
        return tuple(Order(column) for column in self.key)


@dataclass(frozen=True)
class Found:
    """All rows of a list, mappings with the columns of its schema, and what `meta` tells of them."""

    entries: Sequence[Entry]
    meta: Mapping[str, Any] = field(default_factory=dict)


def list_answer(
    entries: Callable[[], Sequence[Entry]], parameters: Mapping[str, Any], *, row: type[Schema], key: str
) -> Response:
    """Return one page of `entries`, which are mappings with the columns of `row`, sorted by the unique `key`."""
    return listed_answer(lambda: Found(entries()), parameters, Listing(row, (key,)))


def listed_answer(found: Callable[[], Found], parameters: Mapping[str, Any], listing: Listing) -> Response:
    """Return one page of what is found, which is looked for only where the client does not hold the answer already."""
    form = format_asked(parameters.get("format"))
    return cached(
        lambda: _page(found(), parameters, listing, form=form),
        form=form,
        as_of=parameters.get("as_of"),
    )


def _page(listed: Found, parameters: Mapping[str, Any], listing: Listing, *, form: str) -> Response:
    version = current_reference().version
    page = page_asked(
        parameters,
        own_order=listing.own_order or listing.key_order,
        key_order=listing.key_order,
        sortable=listing.sortable,
        data_version=version,
        unlimited=form in ROWS_ALONE,
    )
    found = _of_page(listed.entries, page)
    following = None
    if page.limit is not None and len(found) > page.limit:
        following = next_link(found[page.limit - 1], orders=page.orders, data_version=version)
    labels = parameters.get("labels", True)
    columns = columns_asked(listing.row, parameters.get("fields"), key=listing.key, labels=labels)
    rows = [{column: entry[column] for column in columns} for entry in found[: page.limit]]
    if form in ROWS_ALONE:
        response = rows_response(form, (tuple(row.values()) for row in rows), schema=listing.row, names=columns)
    else:
        meta = {**_meta(rows, version), **listed.meta}
        if parameters.get("count") == "exact":
            meta["total"] = len(listed.entries)
        response = json_response({"data": rows, "meta": meta, "links": {"self": own_address(), "next": following}})
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _of_page(entries: Sequence[Entry], page: Page) -> Sequence[Entry]:
    """Return the entries in the order of the page, from its beginning on."""
    placed = sorted(entries, key=lambda entry: _place([entry[order.column] for order in page.orders], page.orders))
    if page.after is None:
        return placed
    places = [_place([entry[order.column] for order in page.orders], page.orders) for entry in placed]
    return placed[bisect_right(places, _place(page.after, page.orders)) :]


def _place(values: Sequence[KeyValue], orders: Sequence[Order]) -> tuple[Any, ...]:
    """Return what a row with these values is sorted by: nulls come last in either direction."""
    return tuple(
        (value is None, 0 if value is None else -value if order.descending else value)  # type: ignore[operator]
        for value, order in zip(values, orders, strict=True)
    )


def _meta(rows: Sequence[Entry], version: int) -> dict[str, Any]:
    return {
        "as_of": None,
        "data_version": version,
        "count": len(rows),
        "parameters": {},
        "sources": [],
        "empty_reason": None if rows else "not_covered",
    }

"""Answers from lists that are held in memory: reference tables, and what is made of several queries, page by page."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response
from marshmallow import Schema

from service.analytics.sql.keyset_pagination import KeyValue, Order, Page
from service.api.caching.etags import conditional_response
from service.api.database.request_context import current_reference
from service.api.pagination.cursors import canonical_url, next_page_url, requested_page
from service.api.responses.export_response import export_rows
from service.api.responses.query_result import selected_columns
from service.api.serialization.formats import BARE_ROW_FORMATS, json_response, negotiate_format

ListRow = Mapping[str, Any]


@dataclass(frozen=True)
class ListResource:
    """What a list is made of: the schema of its rows, the columns of text that are unique together, and its order.

    `sortable` are the columns of numbers that rows can be sorted by; `own_order` is null for that of the key.
    """

    row_schema: type[Schema]
    key_columns: tuple[str, ...]
    sortable_columns: tuple[str, ...] = ()
    default_order: tuple[Order, ...] | None = None

    @property
    def key_order(self) -> tuple[Order, ...]:
        """Return the order by the key."""
        return tuple(Order(column) for column in self.key_columns)


@dataclass(frozen=True)
class ListResult:
    """All rows of a list, mappings with the columns of its schema, and what `meta` tells of them."""

    rows: Sequence[ListRow]
    meta: Mapping[str, Any] = field(default_factory=dict)


def keyed_list_response(
    load_rows: Callable[[], Sequence[ListRow]],
    parameters: Mapping[str, Any],
    *,
    row_schema: type[Schema],
    key_column: str,
) -> Response:
    """Return one page of `entries`, which are mappings with the columns of `row`, sorted by the unique `key`."""
    return list_response(lambda: ListResult(load_rows()), parameters, ListResource(row_schema, (key_column,)))


def list_response(
    load_result: Callable[[], ListResult], parameters: Mapping[str, Any], resource: ListResource
) -> Response:
    """Return one page of what is found, which is looked for only where the client does not hold the answer already."""
    form = negotiate_format(parameters.get("format"))
    return conditional_response(
        lambda: _page_response(load_result(), parameters, resource, format_name=form),
        format_name=form,
        as_of=parameters.get("as_of"),
    )


def _page_response(
    result: ListResult, parameters: Mapping[str, Any], resource: ListResource, *, format_name: str
) -> Response:
    version = current_reference().version
    page = requested_page(
        parameters,
        default_order=resource.default_order or resource.key_order,
        key_order=resource.key_order,
        sortable_columns=resource.sortable_columns,
        data_version=version,
        is_unlimited=format_name in BARE_ROW_FORMATS,
    )
    found = _rows_for_page(result.rows, page)
    following = None
    if page.limit is not None and len(found) > page.limit:
        following = next_page_url(found[page.limit - 1], orders=page.orders, data_version=version)
    labels = parameters.get("labels", True)
    columns = selected_columns(
        resource.row_schema, parameters.get("fields"), key_columns=resource.key_columns, labels=labels
    )
    rows = [{column: entry[column] for column in columns} for entry in found[: page.limit]]
    if format_name in BARE_ROW_FORMATS:
        response = export_rows(
            format_name, (tuple(row.values()) for row in rows), schema=resource.row_schema, column_names=columns
        )
    else:
        meta = {**_list_metadata(rows, version), **result.meta}
        if parameters.get("count") == "exact":
            meta["total"] = len(result.rows)
        response = json_response({"data": rows, "meta": meta, "links": {"self": canonical_url(), "next": following}})
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _rows_for_page(rows: Sequence[ListRow], page: Page) -> Sequence[ListRow]:
    """Return the entries in the order of the page, from its beginning on."""
    placed = sorted(rows, key=lambda entry: _sort_key([entry[order.column] for order in page.orders], page.orders))
    if page.cursor_values is None:
        return placed
    places = [_sort_key([entry[order.column] for order in page.orders], page.orders) for entry in placed]
    return placed[bisect_right(places, _sort_key(page.cursor_values, page.orders)) :]


def _sort_key(values: Sequence[KeyValue], orders: Sequence[Order]) -> tuple[Any, ...]:
    """Return what a row with these values is sorted by: nulls come last in either direction."""
    return tuple(
        (value is None, 0 if value is None else -value if order.descending else value)  # type: ignore[operator]
        for value, order in zip(values, orders, strict=True)
    )


def _list_metadata(rows: Sequence[ListRow], data_version: int) -> dict[str, Any]:
    return {
        "as_of": None,
        "data_version": data_version,
        "count": len(rows),
        "parameters": {},
        "sources": [],
        "empty_reason": None if rows else "not_covered",
    }

"""Pages by keyset: the cursor says after which row to go on, and at which version of the data it began."""

import base64
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping

from service.analytics.sql.keyset_pagination import KeyValue, Order, Page
from service.api.parameters.common import DEFAULT_PAGE_ROWS
from service.api.parameters.request import DataRequest
from service.domain.suggestions import closest_words
from service.errors import CursorExpired, InvalidRequest, ParameterError


def requested_page(
    request: DataRequest,
    *,
    default_order: tuple[Order, ...],
    key_order: tuple[Order, ...],
    sortable_columns: Sequence[str],
    data_version: int,
    is_unlimited: bool,
) -> Page:
    """Return the page that the request asks for, in the order it asks for.

    `unlimited` tells that without a `limit` all rows are given.

    :raises InvalidRequest: the cursor is none of ours or another question's, or a column cannot be sorted by.
    :raises CursorExpired: the data moved since the cursor's first page.
    """
    parameters = request.parameters
    sort = parameters.get("sort")
    orders = default_order if sort is None else (*_parse_sort(sort, sortable_columns), *key_order)
    limit = parameters.get("limit") or (None if is_unlimited else DEFAULT_PAGE_ROWS)
    cursor = parameters.get("cursor")
    after = None if cursor is None else _decode_cursor(cursor, request, orders=orders, data_version=data_version)
    return Page(orders=orders, cursor_values=after, limit=limit)


def next_page_url(
    request: DataRequest,
    last_row: RowMapping | Mapping[str, Any],
    *,
    orders: Sequence[Order],
    data_version: int,
) -> str:
    """Return the address of the page that follows the one which ends with `last_row`."""
    values = [last_row[order.column] for order in orders]
    body = _encode_json([data_version, request.fingerprint(), values])
    cursor = base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")
    return request.url_with(cursor=cursor)


def _parse_sort(sort: Sequence[str], sortable_columns: Sequence[str]) -> list[Order]:
    orders = []
    for word in sort:
        column = word.removeprefix("-")
        if column not in sortable_columns:
            reason = f"rows cannot be sorted by it; they can by {', '.join(sortable_columns)}"
            raise InvalidRequest(ParameterError("sort", word, reason, closest_words(column, sortable_columns)))
        orders.append(Order(column, descending=word.startswith("-")))
    return orders


def _decode_cursor(
    cursor: str, request: DataRequest, *, orders: Sequence[Order], data_version: int
) -> tuple[KeyValue, ...]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        began_with, fingerprint, values = json.loads(
            base64.b64decode(padded, altchars=b"-_", validate=True), object_hook=_decode_value
        )
    except (ValueError, TypeError, ArithmeticError, KeyError) as error:
        raise InvalidRequest(
            ParameterError("cursor", cursor, "it is not a cursor of this service; begin without one")
        ) from error
    if fingerprint != request.fingerprint() or len(values) != len(orders):
        raise InvalidRequest(
            ParameterError("cursor", cursor, "it belongs to another question; change only `limit` beside it")
        )
    if began_with != data_version:
        raise CursorExpired("The data changed since the first page; begin again without a cursor.")
    return tuple(values)


def _encode_value(value: Any) -> Any:
    return {"decimal": str(value)} if isinstance(value, Decimal) else str(value)


def _decode_value(value: dict[str, str]) -> Decimal:
    return Decimal(value["decimal"])


_encode_json = json.JSONEncoder(separators=(",", ":"), default=_encode_value).encode

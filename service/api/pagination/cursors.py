"""Keyset pagination: encode and decode cursors.

A cursor has the sort values of the last row of a page, the data version of the first page, and a fingerprint of the
request.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping

from service.analytics.sql.keyset_pagination import KeyValue, Order, Page
from service.api.parameters.common import DEFAULT_PAGE_ROWS
from service.api.parameters.request import DataRequest
from service.domain.suggestions import closest_words
from service.errors import CursorExpired, InvalidRequest, ParameterError

_ORDER_WITH_DIRECTION = re.compile(r"-?(\w+)[\s:.]+(asc|desc|ascending|descending)", re.IGNORECASE | re.ASCII)


def requested_page(
    request: DataRequest,
    *,
    default_order: tuple[Order, ...],
    key_order: tuple[Order, ...],
    sortable_columns: Sequence[str],
    data_version: int,
    is_unlimited: bool,
) -> Page:
    """Return the page of a request: its order, its limit, and the values after which it begins.

    `is_unlimited` says that a request without `limit` gets all rows. `key_order` completes a requested order, so that
    it is total.

    :raises InvalidRequest: the cursor is malformed or of another request, or a column cannot be sorted by.
    :raises CursorExpired: the data changed since the first page.
    """
    parameters = request.parameters
    sort = parameters.get("sort")
    orders = default_order if sort is None else (*_parse_sort(sort, sortable_columns), *key_order)
    limit = parameters.get("limit") or (None if is_unlimited else DEFAULT_PAGE_ROWS)
    cursor = parameters.get("cursor")
    cursor_values = (
        None if cursor is None else _decode_cursor(cursor, request, orders=orders, data_version=data_version)
    )
    return Page(orders=orders, cursor_values=cursor_values, limit=limit)


def next_page_url(
    request: DataRequest,
    last_row: RowMapping | Mapping[str, Any],
    *,
    orders: Sequence[Order],
    data_version: int,
) -> str:
    """Return the URL of the page after `last_row`."""
    values = [last_row[order.column] for order in orders]
    body = _encode_json([data_version, request.fingerprint(), values])
    cursor = base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")
    return request.url_with(cursor=cursor)


def _parse_sort(sort: Sequence[str], sortable_columns: Sequence[str]) -> list[Order]:
    orders = []
    for entry in sort:
        column = entry.removeprefix("-")
        if column not in sortable_columns:
            reason = f"rows cannot be sorted by it; sortable columns are {', '.join(sortable_columns)}"
            raise InvalidRequest(ParameterError("sort", entry, reason, _suggest_order(entry, sortable_columns)))
        orders.append(Order(column, descending=entry.startswith("-")))
    return orders


def _suggest_order(entry: str, sortable_columns: Sequence[str]) -> list[str]:
    """Return the order that an entry of `sort` means: `-value` for `value desc`, or for `-vaule`."""
    match = _ORDER_WITH_DIRECTION.fullmatch(entry)
    column, direction = match.groups() if match else (entry.removeprefix("-"), entry[:1])
    sign = "-" if direction.lower().startswith(("-", "desc")) else ""
    closest = [column] if column in sortable_columns else closest_words(column, sortable_columns)
    return [f"{sign}{each}" for each in closest]


def _decode_cursor(
    cursor: str, request: DataRequest, *, orders: Sequence[Order], data_version: int
) -> tuple[KeyValue, ...]:
    try:
        base64_text = cursor + "=" * (-len(cursor) % 4)
        first_version, fingerprint, values = json.loads(
            base64.b64decode(base64_text, altchars=b"-_", validate=True), object_hook=_decode_value
        )
    except (ValueError, TypeError, ArithmeticError, KeyError) as error:
        raise InvalidRequest(
            ParameterError("cursor", cursor, "it is not a cursor of this service; start without a cursor")
        ) from error
    if fingerprint != request.fingerprint() or len(values) != len(orders):
        raise InvalidRequest(
            ParameterError("cursor", cursor, "it belongs to another request; only `limit` may change between pages")
        )
    if first_version != data_version:
        raise CursorExpired("The data changed since the first page; begin again without a cursor.")
    return tuple(values)


def _encode_value(value: Any) -> Any:
    return {"decimal": str(value)} if isinstance(value, Decimal) else str(value)


def _decode_value(value: dict[str, str]) -> Decimal:
    return Decimal(value["decimal"])


_encode_json = json.JSONEncoder(separators=(",", ":"), default=_encode_value).encode

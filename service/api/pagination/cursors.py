"""Keyset pagination: encodes and decodes cursors.

A cursor has the sort values of the last row of a page, the data version of the first page, a fingerprint of the
request, and a tag that authenticates them. The key of the tag is the data token, which only the database has.
"""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from sqlalchemy import RowMapping

from service.analytics.sql.keyset_pagination import KeyValue, Order, Page
from service.api.parameters.request import DataRequest
from service.domain.data_state import DataState
from service.domain.suggestions import closest_words
from service.errors import CursorExpired, InvalidRequest, ParameterError

_ORDER_WITH_DIRECTION = re.compile(r"-?(\w+)[\s:.]+(asc|desc|ascending|descending)", re.IGNORECASE | re.ASCII)
TAG_BYTES = 16
MAX_SORT_COLUMNS = 50
MAX_CURSOR_INTEGER = 2**63 - 1
"""The largest integer that a cursor has as an integer; larger ones are decimals."""


class _ExactValue(msgspec.Struct, array_like=True, frozen=True):
    """A decimal in a cursor, which distinguishes it from a text."""

    value: Decimal


class _Cursor(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """The content of a cursor: the data version of the first page, the request, and the values of its last row."""

    version: Annotated[int, msgspec.Meta(ge=0, le=MAX_CURSOR_INTEGER)]
    fingerprint: str
    values: Annotated[list[int | float | str | _ExactValue | None], msgspec.Meta(max_length=MAX_SORT_COLUMNS)]


_decode_json = msgspec.json.Decoder(_Cursor).decode


def requested_page(
    request: DataRequest,
    *,
    default_order: tuple[Order, ...],
    key_order: tuple[Order, ...],
    sortable_columns: Sequence[str],
    data_state: DataState,
    default_limit: int | None,
) -> Page:
    """Return the page that a request asks for: its order, its limit, and the sort values of the last row before it.

    `default_order` is the order of a request without the parameter `sort`; any other request is sorted by `sort` and
    then by `key_order`, whose columns identify a row. `default_limit` is the limit of a request without the parameter
    `limit`; null means all rows.

    :raises InvalidRequest: the cursor is malformed or of another request, or rows cannot be sorted by a column.
    :raises CursorExpired: the data changed since the first page.
    """
    parameters = request.parameters
    sort = parameters.get("sort")
    orders = default_order if sort is None else (*_parse_sort(sort, sortable_columns), *key_order)
    limit = parameters.get("limit") or default_limit
    cursor = parameters.get("cursor")
    cursor_values = None if cursor is None else _decode_cursor(cursor, request, orders=orders, data_state=data_state)
    return Page(orders=orders, cursor_values=cursor_values, limit=limit)


def next_page_url(
    request: DataRequest,
    last_row: RowMapping | Mapping[str, Any],
    *,
    orders: Sequence[Order],
    data_state: DataState,
) -> str:
    """Return the URL of the page after `last_row`."""
    values = [_cursor_value(last_row[order.column]) for order in orders]
    content = msgspec.json.encode(_Cursor(data_state.version, request.fingerprint(), values))
    tag = _authentication_tag(content, orders=orders, data_state=data_state)
    return request.replace_query(cursor=base64.urlsafe_b64encode(tag + content).decode().rstrip("="))


def check_order(parameters: Mapping[str, Any], sortable_columns: Sequence[str]) -> None:
    """Check the columns in the parameter `sort`.

    :raises InvalidRequest: rows cannot be sorted by one of its columns.
    """
    _parse_sort(parameters.get("sort", ()), sortable_columns)


def _parse_sort(sort: Sequence[str], sortable_columns: Sequence[str]) -> list[Order]:
    reason = f"rows cannot be sorted by it; sortable columns are {', '.join(sortable_columns) or 'none'}"
    errors = [
        ParameterError("sort", entry, reason, _suggest_order(entry, sortable_columns))
        for entry in sort
        if entry.removeprefix("-") not in sortable_columns
    ]
    if errors:
        raise InvalidRequest(*errors)
    return [Order(entry.removeprefix("-"), descending=entry.startswith("-")) for entry in sort]


def _suggest_order(entry: str, sortable_columns: Sequence[str]) -> list[str]:
    """Return the order that an entry of `sort` means: `-value` for `value desc`, or for `-vaule`."""
    match = _ORDER_WITH_DIRECTION.fullmatch(entry)
    column, direction = match.groups() if match else (entry.removeprefix("-"), entry[:1])
    sign = "-" if direction.lower().startswith(("-", "desc")) else ""
    closest = [column] if column in sortable_columns else closest_words(column, sortable_columns)
    return [f"{sign}{each}" for each in closest]


def _decode_cursor(
    text: str, request: DataRequest, *, orders: Sequence[Order], data_state: DataState
) -> tuple[KeyValue, ...]:
    try:
        encoded = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        tag, content = encoded[:TAG_BYTES], encoded[TAG_BYTES:]
        cursor = _decode_json(content)
    except (ValueError, ArithmeticError, msgspec.MsgspecError) as error:
        raise _invalid_cursor(text) from error
    if cursor.fingerprint != request.fingerprint():
        raise InvalidRequest(
            ParameterError("cursor", text, "it belongs to another request; only `limit` may change between pages")
        )
    if cursor.version < data_state.version:
        raise CursorExpired("The data changed after the first page. Request it again, without cursor.")
    if not hmac.compare_digest(tag, _authentication_tag(content, orders=orders, data_state=data_state)):
        raise _invalid_cursor(text)
    return tuple(value.value if isinstance(value, _ExactValue) else value for value in cursor.values)


def _invalid_cursor(text: str) -> InvalidRequest:
    return InvalidRequest(ParameterError("cursor", text, "it is not a cursor of this service; start without a cursor"))


def _authentication_tag(content: bytes, *, orders: Sequence[Order], data_state: DataState) -> bytes:
    """Return the tag of a cursor: only for the same state of the data and the same order are two tags equal."""
    order = ",".join(f"{'-' if each.descending else ''}{each.column}" for each in orders)
    return hmac.digest(data_state.token.encode(), order.encode() + b"\n" + content, "sha256")[:TAG_BYTES]


def _cursor_value(value: Any) -> int | float | str | _ExactValue | None:
    """Return a value of a row as a cursor has it."""
    if value is None or isinstance(value, float | str):
        return value
    if isinstance(value, int) and abs(value) <= MAX_CURSOR_INTEGER:
        return value
    return _ExactValue(Decimal(value)) if isinstance(value, int | Decimal) else str(value)

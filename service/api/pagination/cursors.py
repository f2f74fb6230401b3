"""Pages by keyset: the cursor says after which row to go on, and at which version of the data it began."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import request
from sqlalchemy import RowMapping

from service.analytics.sql.keyset_pagination import KeyValue, Order, Page
from service.api.caching.etags import canonical_arguments, written
from service.api.parameters.common import DEFAULT_ROWS
from service.domain.suggestions import nearest
from service.errors import CursorExpired, Fault, InvalidRequest

NOT_PART_OF_THE_QUESTION = {"cursor", "limit", "format", "fields", "labels", "count"}


def page_asked(
    parameters: Mapping[str, Any],
    *,
    own_order: tuple[Order, ...],
    key_order: tuple[Order, ...],
    sortable: Sequence[str],
    data_version: int,
    unlimited: bool,
) -> Page:
    """Return the page that the request asks for, in the order it asks for.

    `unlimited` tells that without a `limit` all rows are given.

    :raises InvalidRequest: the cursor is none of ours or another question's, or a column cannot be sorted by.
    :raises CursorExpired: the data moved since the cursor's first page.
    """
    sort = parameters.get("sort")
    orders = own_order if sort is None else (*_sorted_by(sort, sortable), *key_order)
    limit = parameters.get("limit") or (None if unlimited else DEFAULT_ROWS)
    cursor = parameters.get("cursor")
    after = None if cursor is None else _values_of(cursor, orders=orders, data_version=data_version)
    return Page(orders=orders, after=after, limit=limit)


def next_link(last_row: RowMapping | Mapping[str, Any], *, orders: Sequence[Order], data_version: int) -> str:
    """Return the address of the page after the one that ends with `last_row`."""
    values = [last_row[order.column] for order in orders]
    body = _compact([data_version, _question(), values])
    cursor = base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")
    return f"{request.path}?{written({**canonical_arguments(), 'cursor': cursor})}"


def own_address() -> str:
    """Return the address of this request, without a host, its parameters in one order: the same for the same answer."""
    arguments = canonical_arguments()
    return f"{request.path}?{written(arguments)}" if arguments else request.path


def _sorted_by(sort: Sequence[str], sortable: Sequence[str]) -> list[Order]:
    orders = []
    for word in sort:
        column = word.removeprefix("-")
        if column not in sortable:
            reason = f"rows cannot be sorted by it; they can by {', '.join(sortable)}"
            raise InvalidRequest(Fault("sort", word, reason, nearest(column, sortable)))
        orders.append(Order(column, descending=word.startswith("-")))
    return orders


def _values_of(cursor: str, *, orders: Sequence[Order], data_version: int) -> tuple[KeyValue, ...]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        began_with, question, values = json.loads(
            base64.b64decode(padded, altchars=b"-_", validate=True), object_hook=_read
        )
    except (ValueError, TypeError, ArithmeticError, KeyError) as error:
        raise InvalidRequest(
            Fault("cursor", cursor, "it is not a cursor of this service; begin without one")
        ) from error
    if question != _question() or len(values) != len(orders):
        raise InvalidRequest(Fault("cursor", cursor, "it belongs to another question; change only `limit` beside it"))
    if began_with != data_version:
        raise CursorExpired("The data changed since the first page; begin again without a cursor.")
    return tuple(values)


def _exactly(value: Any) -> Any:
    return {"decimal": str(value)} if isinstance(value, Decimal) else str(value)


def _read(value: dict[str, str]) -> Decimal:
    return Decimal(value["decimal"])


_compact = json.JSONEncoder(separators=(",", ":"), default=_exactly).encode


def _question() -> str:
    asked = {name: text for name, text in canonical_arguments().items() if name not in NOT_PART_OF_THE_QUESTION}
    return hashlib.sha256(f"{request.path}?{written(asked)}".encode()).hexdigest()[:16]

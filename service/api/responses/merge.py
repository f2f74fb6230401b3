"""Rows of several query results, merged into one page in the order of the page."""

from collections.abc import Sequence
from typing import Any

from service.analytics.sql.keyset_pagination import KeyValue, Order
from service.api.database.query_result import QueryResult

RowPosition = tuple[int, int]
"""The position of a row: the index of its result, and its index in that result."""


def merge_results(results: Sequence[QueryResult], orders: Sequence[Order], *, limit: int | None) -> list[RowPosition]:
    """Return the positions of the first rows of all results, at most `limit` of them; null means all.

    Each result is in the order of `orders`.
    """
    positions = [(part, row) for part, result in enumerate(results) for row in range(len(result.rows))]
    if len(results) > 1:
        positions.sort(key=lambda position: _position_key(results, position, orders))
    return positions if limit is None else positions[:limit]


def take_rows(parts: Sequence[Sequence[Sequence[Any]]], rows: Sequence[RowPosition]) -> list[Sequence[Any]]:
    """Return the columns of the rows at some positions; `parts` has the columns of each result."""
    if len(parts) == 1:
        return [column[: len(rows)] for column in parts[0]]
    return [tuple(parts[part][index][row] for part, row in rows) for index in range(len(parts[0]))]


def sort_key(values: Sequence[KeyValue], orders: Sequence[Order]) -> tuple[Any, ...]:
    """Return the key by which a row with these values is sorted: nulls come last in either direction."""
    return tuple(
        (value is None, 0 if value is None else -value if order.descending else value)  # type: ignore[operator]
        for value, order in zip(values, orders, strict=True)
    )


def _position_key(results: Sequence[QueryResult], position: RowPosition, orders: Sequence[Order]) -> tuple[Any, ...]:
    row = results[position[0]].row_mapping(position[1])
    return sort_key([row[order.column] for order in orders], orders)

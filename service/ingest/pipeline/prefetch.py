"""Prefetching: another thread computes the next item while the caller uses the present one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def prefetch(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the items; another thread computes the next item while the caller uses the present one.

    An exception in the computation of an item is raised when the caller requests this item.
    """
    with ThreadPoolExecutor(max_workers=1) as worker:
        next_item = worker.submit(_next_item, items)
        while (item := next_item.result()) is not None:
            next_item = worker.submit(_next_item, items)
            yield item[0]


def _next_item(items: Iterator[Item]) -> tuple[Item] | None:
    for item in items:
        return (item,)
    return None

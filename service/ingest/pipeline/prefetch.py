"""Work done one step ahead, beside what is done with it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def prefetch(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the items, each made by another thread while the one before it is used; errors come where they would."""
    with ThreadPoolExecutor(max_workers=1) as worker:
        coming = worker.submit(_next_item, items)
        while (item := coming.result()) is not None:
            coming = worker.submit(_next_item, items)
            yield item[0]


def _next_item(items: Iterator[Item]) -> tuple[Item] | None:
    for item in items:
        return (item,)
    return None

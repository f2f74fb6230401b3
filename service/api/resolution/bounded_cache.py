"""A cache of values that are computed once, for several threads."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

MAX_ENTRIES = 1000


class BoundedCache(dict[Hashable, Any]):
    """A cache of at most MAX_ENTRIES values, none of which is null. A full cache drops the value that it has longest.

    Several threads may use it at once.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()

    def __setitem__(self, key: Hashable, value: Any) -> None:
        with self._lock:
            if len(self) >= MAX_ENTRIES and key not in self:
                del self[next(iter(self))]
            super().__setitem__(key, value)

    def get_or_compute(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        """Return the value of `key`, computed unless the cache has it."""
        value = self.get(key)
        if value is None:
            value = self[key] = compute()
        return value

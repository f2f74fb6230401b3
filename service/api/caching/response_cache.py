"""Answers as they were given, kept in memory: whoever asks the same of the same data gets the same bytes."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from flask import Flask, current_app

RESPONSE_CACHE_EXTENSION = "tradeflows.answers"
ENTRY_OVERHEAD_BYTES = 1000
"""Bytes that an entry takes beside its body, about."""


@dataclass(frozen=True)
class CachedResponse:
    """The answer of a tag: the version of the data it was made of, its headers, and its body as it is sent.

    `facts` are what the log tells of it.
    """

    data_version: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    log_fields: Mapping[str, Any] = field(default_factory=dict)


class ResponseCache:
    """What is kept, up to `most_bytes`; what was not asked for the longest is forgotten first.

    Several threads may use it at once.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._size_bytes = 0
        self._entries: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        """Return what is kept under `key`; null where nothing is."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: Hashable, value: Any, *, size_bytes: int = 0) -> None:
        """Keep `value`, of `size` bytes; not one that alone would take a quarter of the room."""
        size_bytes += ENTRY_OVERHEAD_BYTES
        if size_bytes > self._max_bytes // 4:
            return
        with self._lock:
            _, before = self._entries.pop(key, (None, 0))
            self._entries[key] = value, size_bytes
            self._size_bytes += size_bytes - before
            while self._size_bytes > self._max_bytes:
                _, (_, forgotten) = self._entries.popitem(last=False)
                self._size_bytes -= forgotten


def init_response_cache(app: Flask, *, max_bytes: int) -> None:
    """Let `app` keep answers, up to `most_bytes` of them in each process; 0 keeps none."""
    app.extensions[RESPONSE_CACHE_EXTENSION] = ResponseCache(max_bytes)


def current_response_cache() -> ResponseCache:
    """Return what the application that answers keeps."""
    answers: ResponseCache = current_app.extensions[RESPONSE_CACHE_EXTENSION]
    return answers

"""ETags, computed before the figures are read, and the response cache, which has complete responses by ETag."""

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from threading import Lock
from typing import Any

import msgspec
from cachetools import LRUCache
from flask import Flask, current_app

from service.api.caching.build import BUILD_DIGEST
from service.domain.data_state import DataState

RESPONSE_CACHE_EXTENSION = "tradeflows.response_cache"
ENTRY_OVERHEAD_BYTES = 1000
"""Approximate bytes of an entry without its body."""


def plan_etag(plan_key: Sequence[Any], *, data_state: DataState, build_digest: str = BUILD_DIGEST) -> str:
    """Return the strong ETag of an uncompressed response.

    It is a digest of everything that the response depends on: the validated request, the state of the data, and the
    build of the service. `plan_key` is the key of the validated request (see `Plan.key`).
    """
    plan_json = msgspec.json.encode((build_digest, data_state, plan_key))
    return hashlib.sha256(plan_json).hexdigest()[:32]


@dataclass(frozen=True)
class CachedResponse:
    """A complete response in the cache, with the state of the data that it was computed from.

    `log_fields` are fields for the entry in the access log of each request that the response answers.
    """

    data_state: DataState
    headers: tuple[tuple[str, str], ...]
    body: bytes
    log_fields: Mapping[str, Any] = field(default_factory=dict)


class ResponseCache:
    """A cache of at most `max_bytes`. When it is full, it drops the least recently used entry.

    Several threads may use it at once.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_entry_bytes = max_bytes // 4
        self._entries: LRUCache[Hashable, tuple[Any, int]] = LRUCache(max_bytes, getsizeof=itemgetter(1))
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        """Return the value of `key`; null where it is not cached."""
        with self._lock:
            value, _ = self._entries.get(key, (None, 0))
        return value

    def put(self, key: Hashable, value: Any, *, size_bytes: int = 0) -> None:
        """Cache `value` under `key`, unless it needs more than a quarter of the size of the cache.

        `size_bytes` is the size of `value`, without the overhead of a cache entry.
        """
        size_bytes += ENTRY_OVERHEAD_BYTES
        if size_bytes <= self._max_entry_bytes:
            with self._lock:
                self._entries[key] = value, size_bytes


def init_response_cache(app: Flask, *, max_bytes: int) -> None:
    """Give `app` a response cache of at most `max_bytes` in each process; 0 disables it."""
    app.extensions[RESPONSE_CACHE_EXTENSION] = ResponseCache(max_bytes)


def current_response_cache() -> ResponseCache:
    """Return the response cache of the current application."""
    response_cache: ResponseCache = current_app.extensions[RESPONSE_CACHE_EXTENSION]
    return response_cache

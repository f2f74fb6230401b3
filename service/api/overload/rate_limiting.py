"""How often somebody may ask: counted by key, or by address where there is none."""

import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from limits import parse_many

from service.errors import SettingsError

STORAGE_TIMEOUTS: dict[str, Any] = {"socket_connect_timeout": 0.2, "socket_timeout": 0.2, "retry": None}
"""How a store beside the service is asked: one that says nothing for 0.2 s is away. By itself its client would ask four
times, for seconds each."""

MIN_CLOCK_SETBACK_S = 1.0


def init_rate_limiting(app: Flask, *, rate_limit: str | None, storage_url: str, is_limited: Callable[[], bool]) -> None:
    """Let everybody ask `app` no more often than `limit` says, `600 per minute`; null lets all ask at will.

    `storage` is where it is counted: `memory://` is each process by itself; others may need a package of their own.
    `counts` tells whether the current request is one of those that are limited.

    :raises SettingsError: the limit cannot be read, or the storage not be used.
    """
    if rate_limit is None:
        return
    try:
        parse_many(rate_limit)
        limiter = Limiter(
            _client_id,
            app=app,
            application_limits=[rate_limit],
            storage_uri=storage_url,
            storage_options={} if storage_url.startswith("memory") else STORAGE_TIMEOUTS,
            strategy="moving-window",
            # A storage that is away must not keep anybody from the figures.
            in_memory_fallback_enabled=True,
            in_memory_fallback=[rate_limit],
            # The library leaves out what has no name, and so what is not there.
            request_identifier=lambda: request.endpoint or "none",
        )
    except Exception as error:  # the library says it in many ways
        raise SettingsError(
            f"TRADEFLOWS_RATE_LIMIT should read like 600 per minute, and TRADEFLOWS_RATE_LIMIT_STORAGE: {error}"
        ) from error
    clock = _Clock()

    def is_exempt() -> bool:
        if clock.moved_backwards():
            limiter.reset()
        return not is_limited()

    limiter.request_filter(is_exempt)
    app.after_request(lambda response: _add_headers(response, limiter))


class _Clock:
    """The clock of the machine, by which the library counts.

    Where it is set back, what was counted lies in the future, and would keep out whoever asked it until then.
    """

    def __init__(self) -> None:
        self._last_time = time.time()

    def moved_backwards(self) -> bool:
        """Return whether it shows less than when it was last looked at, by more than threads that take turns do."""
        before, self._last_time = self._last_time, time.time()
        return self._last_time < before - MIN_CLOCK_SETBACK_S


def _client_id() -> str:
    return f"key {g.key}" if "key" in g else f"address {_client_network(request.remote_addr or '')}"


def _client_network(address: str) -> str:
    """Return an address; of IPv6 its first 64 bits, as whoever has one has all that begin so."""
    try:
        known = ip_address(address)
    except ValueError:
        return address  # of a socket file, or as a proxy gave it
    return str(ip_network((known, 64), strict=False)) if isinstance(known, IPv6Address) else address


def _add_headers(response: Response, limiter: Limiter) -> Response:
    """Say how much is left, and after how many seconds there is more."""
    current = limiter.current_limit
    if current is not None:
        # When there is more is known to the second, rounded up: no longer than the limit counts for.
        left = min(ceil(current.reset_at - time.time()), current.limit.get_expiry())
        seconds = str(max(1, left))
        response.headers["RateLimit-Limit"] = str(current.limit.amount)
        response.headers["RateLimit-Remaining"] = str(current.remaining)
        response.headers["RateLimit-Reset"] = seconds
        if response.status_code == 429:
            response.headers["Retry-After"] = seconds
    return response

"""Rate limits, counted by API key, or by client address where a request has no key."""

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
"""Timeouts of an external store of counters: after 0.2 s without a response it counts as down. By default its client
makes several attempts of seconds each."""

MIN_CLOCK_SETBACK_S = 1.0
CHECK_COST = 10
"""Requests that the check of a text counts as, because it takes the time of about that many."""
CHECK_PATHS = frozenset({"/v1/checks", "/check"})


def init_rate_limiting(app: Flask, *, rate_limit: str | None, storage_url: str, is_limited: Callable[[], bool]) -> None:
    """Limit the requests of each client to `app`.

    `rate_limit` is a text such as `600 per minute`; null means no limit. `storage_url` is the URL of the counters:
    `memory://` counts in each process, other kinds of storage may need an additional package. `is_limited` returns
    whether the current request counts.

    :raises SettingsError: the limit cannot be parsed, or the storage cannot be used.
    """
    if rate_limit is None:
        return
    try:
        smallest_amount = min(limit.amount for limit in parse_many(rate_limit))
        limiter = Limiter(
            _client_id,
            app=app,
            application_limits=[rate_limit],
            application_limits_cost=lambda: min(_request_cost(), smallest_amount),
            storage_uri=storage_url,
            storage_options={} if storage_url.startswith("memory") else STORAGE_TIMEOUTS,
            strategy="moving-window",
            # If the storage is down, requests are not limited.
            in_memory_fallback_enabled=True,
            in_memory_fallback=[rate_limit],
            # The library skips requests without an endpoint, such as 404.
            request_identifier=lambda: request.endpoint or "none",
        )
    except Exception as error:  # the library raises many types for invalid limits and storages
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
    """The system clock, which the rate limiting library uses.

    After the clock is set back, counters lie in the future and would block their clients until then.
    """

    def __init__(self) -> None:
        self._last_time = time.time()

    def moved_backwards(self) -> bool:
        """Return whether the clock was set back since the last call of this method.

        Differences below MIN_CLOCK_SETBACK_S do not count, because concurrent threads can cause them.
        """
        previous_time, self._last_time = self._last_time, time.time()
        return self._last_time < previous_time - MIN_CLOCK_SETBACK_S


def _request_cost() -> int:
    """Return the number of requests that the current one counts as."""
    return CHECK_COST if request.method == "POST" and request.path in CHECK_PATHS else 1


def _client_id() -> str:
    return f"key {g.key}" if "key" in g else f"address {_client_network(request.remote_addr or '')}"


def _client_network(address: str) -> str:
    """Return an IPv4 address, or the /64 network of an IPv6 address, which belongs to one client."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address  # no IP address: a socket file, or text from a proxy
    return str(ip_network((ip, 64), strict=False)) if isinstance(ip, IPv6Address) else address


def _add_headers(response: Response, limiter: Limiter) -> Response:
    """Add the headers RateLimit and RateLimit-Policy: remaining requests, and seconds until the reset."""
    current = limiter.current_limit
    if current is not None:
        # The reset is known to the second and rounded up; it is at most the period of the limit.
        left = min(ceil(current.reset_at - time.time()), current.limit.get_expiry())
        seconds = str(max(1, left))
        response.headers["RateLimit-Limit"] = str(current.limit.amount)
        response.headers["RateLimit-Remaining"] = str(current.remaining)
        response.headers["RateLimit-Reset"] = seconds
        if response.status_code == 429:
            response.headers["Retry-After"] = seconds
    return response

"""Answers that were given before, given again before anything else is done for a request."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.http import unquote_etag

from service.api.caching.response_cache import RESPONSE_CACHE_EXTENSION, CachedResponse, ResponseCache
from service.api.database.database import Database
from service.api.database.request_context import DATABASE_EXTENSION
from service.api.observability.access_log import INTERNAL_REQUEST, log_request, safe_request_id
from service.api.observability.metrics import observe_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HeaderList = list[tuple[str, str]]
REQUEST_ID_HEADER = "X-Request-ID"
BODY_HEADER_PREFIXES = ("Content-", "Link")
CACHE_KEY_VARIABLES = ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING")
"""What an answer depends on beside the data: the address as it is written, and the headers that Vary names."""


class _CacheEntry(NamedTuple):
    """How a request was answered: the tag under which the body is kept, the route, and the headers."""

    etag: str
    route: str
    headers: HeaderList


class CacheMiddleware:
    """Wraps `app`: a GET that is written like one before is answered from what is kept, where the data are the same.

    ASSUMPTION: everybody may ask, as often as they like, and one server has the data; where that is not so, requests
    have to be looked at first. So has one that tells which data its client has seen.
    """

    def __init__(self, app: Flask) -> None:
        self._application = app.wsgi_app
        self._cache: ResponseCache = app.extensions[RESPONSE_CACHE_EXTENSION]
        store: Database = app.extensions[DATABASE_EXTENSION]
        self._read_pool = store.read_pools[store.servers.primary]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Return the answer, from what is kept or by the application."""
        if environ["REQUEST_METHOD"] != "GET" or INTERNAL_REQUEST in environ or "HTTP_DATA_VERSION" in environ:
            return self._application(environ, start_response)
        began = time.perf_counter()
        asked = tuple(environ.get(name, "") for name in CACHE_KEY_VARIABLES)
        given: _CacheEntry | None = self._cache.get(asked)
        kept: CachedResponse | None = None if given is None else self._cache.get(given.etag)
        if given is None or kept is None or not self._is_current(kept):
            return self._call_and_store(environ, start_response, asked)
        held = environ.get("HTTP_IF_NONE_MATCH")
        if held is not None and unquote_etag(held)[0] != given.etag:
            return self._application(environ, start_response)
        return _send_cached_response(environ, start_response, given, kept, began)

    def _is_current(self, cached_response: CachedResponse) -> bool:
        """Return whether the data are those that the answer was made of; not where nobody can tell."""
        try:
            return self._read_pool.data_version() == cached_response.data_version
        except (DBAPIError, PoolTimeout):
            return False

    def _call_and_store(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", cache_key: tuple[str, ...]
    ) -> Iterable[bytes]:
        """Let the application answer, and note how it did where the body is kept."""

        def store_and_start_response(status: str, headers: HeaderList, *error: Any) -> Any:
            tag = unquote_etag(dict(headers).get("ETag", ""))[0]
            rule = environ["werkzeug.request"].url_rule
            if status.startswith("200") and tag and rule is not None and self._cache.get(tag) is not None:
                lasting = [header for header in headers if header[0] != REQUEST_ID_HEADER]
                size = sum(map(len, cache_key)) + sum(len(name) + len(value) for name, value in lasting)
                self._cache.put(cache_key, _CacheEntry(tag, rule.rule, lasting), size_bytes=size)
            return start_response(status, headers, *error)

        return self._application(environ, store_and_start_response)


def _send_cached_response(
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    entry: _CacheEntry,
    cached_response: CachedResponse,
    started_at: float,
) -> Iterable[bytes]:
    """Return the body of what is kept; to who holds it already nothing but that it is the same."""
    is_held = "HTTP_IF_NONE_MATCH" in environ
    headers, number = entry.headers, safe_request_id(environ.get("HTTP_X_REQUEST_ID", ""))
    if is_held:
        headers = [header for header in headers if not header[0].startswith(BODY_HEADER_PREFIXES)]
    start_response("304 NOT MODIFIED" if is_held else "200 OK", [*headers, (REQUEST_ID_HEADER, number)])
    seconds = time.perf_counter() - started_at
    status, cache = (304, "client") if is_held else (200, "hit")
    facts = {
        **({} if is_held else cached_response.log_fields),
        "data_version": cached_response.data_version,
        "cache": cache,
    }
    log_request(environ, request_id=number, route=entry.route, status=status, seconds=seconds, fields=facts)
    observe_request(entry.route, status, seconds, cache=cache)
    return [] if is_held else [cached_response.body]

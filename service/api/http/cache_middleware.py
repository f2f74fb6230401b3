"""WSGI middleware that sends cached responses before Flask handles the request."""

import time
from collections.abc import Hashable, Iterable
from datetime import UTC, datetime
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
BYPASS_VARIABLES = frozenset({INTERNAL_REQUEST, "HTTP_DATA_VERSION", "HTTP_RANGE"})
"""WSGI variables of requests that the application answers itself."""
CACHE_KEY_VARIABLES = (
    "wsgi.url_scheme",
    "HTTP_HOST",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_ENCODING",
)
"""WSGI variables that determine a response, apart from the data: the URL as written with its host, which
pages have links to, and the headers in Vary."""


class _CacheEntry(NamedTuple):
    """The response to a URL: the ETag that its body is cached under, its route and its headers."""

    etag: str
    route: str
    headers: HeaderList


class CacheMiddleware:
    """Middleware around `app` that repeats the cached response to a GET of the same URL until the data change.

    Requests with the header Data-Version always go to the application, which checks it.

    ASSUMPTION: the service has no authentication, no rate limit and no replicas, each of which requires that the
    application sees every request.
    """

    def __init__(self, app: Flask) -> None:
        self._application = app.wsgi_app
        self._cache: ResponseCache = app.extensions[RESPONSE_CACHE_EXTENSION]
        database: Database = app.extensions[DATABASE_EXTENSION]
        self._read_pool = database.read_pools[database.servers.primary]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Return the body of the response, from the cache or from the application."""
        if environ["REQUEST_METHOD"] != "GET" or not BYPASS_VARIABLES.isdisjoint(environ):
            return self._application(environ, start_response)
        started_at = time.perf_counter()
        cache_key = (datetime.now(UTC).date(), *map(environ.get, CACHE_KEY_VARIABLES))
        entry: _CacheEntry | None = self._cache.get(cache_key)
        cached_response: CachedResponse | None = None if entry is None else self._cache.get(entry.etag)
        if entry is None or cached_response is None or not self._is_current(cached_response):
            return self._call_and_store(environ, start_response, cache_key)
        client_etag = environ.get("HTTP_IF_NONE_MATCH")
        if client_etag is not None and unquote_etag(client_etag)[0] != entry.etag:
            return self._application(environ, start_response)
        return _send_cached_response(environ, start_response, entry, cached_response, started_at)

    def _is_current(self, cached_response: CachedResponse) -> bool:
        """Return whether a response is of the present state of the data; false where the database does not respond."""
        try:
            return self._read_pool.data_state() == cached_response.data_state
        except (DBAPIError, PoolTimeout):
            return False

    def _call_and_store(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", cache_key: Hashable
    ) -> Iterable[bytes]:
        """Return the body of the response from the application, and cache the headers where the body is cached."""

        def store_and_start_response(status: str, headers: HeaderList, *error: Any) -> Any:
            etag = unquote_etag(dict(headers).get("ETag", ""))[0]
            rule = environ["werkzeug.request"].url_rule
            if status.startswith("200") and etag and rule is not None and self._cache.get(etag) is not None:
                cacheable_headers = [header for header in headers if header[0] != REQUEST_ID_HEADER]
                size_bytes = len(str((cache_key, cacheable_headers)))
                self._cache.put(cache_key, _CacheEntry(etag, rule.rule, cacheable_headers), size_bytes=size_bytes)
            return start_response(status, headers, *error)

        return self._application(environ, store_and_start_response)


def _send_cached_response(
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    entry: _CacheEntry,
    cached_response: CachedResponse,
    started_at: float,
) -> Iterable[bytes]:
    """Return the body of a cached response; with status 304 and no body where the client has it already."""
    is_not_modified = "HTTP_IF_NONE_MATCH" in environ
    headers, request_id = entry.headers, safe_request_id(environ.get("HTTP_X_REQUEST_ID", ""))
    if is_not_modified:
        headers = [header for header in headers if not header[0].startswith(BODY_HEADER_PREFIXES)]
    start_response("304 NOT MODIFIED" if is_not_modified else "200 OK", [*headers, (REQUEST_ID_HEADER, request_id)])
    seconds = time.perf_counter() - started_at
    status, cache = (304, "not_modified") if is_not_modified else (200, "hit")
    fields = {
        **({} if is_not_modified else cached_response.log_fields),
        "data_version": cached_response.data_state.version,
        "cache": cache,
    }
    log_request(environ, request_id=request_id, route=entry.route, status=status, seconds=seconds, fields=fields)
    observe_request(entry.route, status, seconds, cache=cache)
    return [] if is_not_modified else [cached_response.body]

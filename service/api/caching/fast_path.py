"""Answers that were given before, given again before anything else is done for a request."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.http import unquote_etag

from service.api.caching.response_cache import EXTENSION as ANSWERS
from service.api.caching.response_cache import Answers, Kept
from service.api.database.request_context import EXTENSION as STORE
from service.api.database.request_context import Store
from service.api.observability.access_log import INTERNAL, log_request, request_number
from service.api.observability.metrics import observe_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Headers = list[tuple[str, str]]
NUMBER = "X-Request-ID"
OF_A_BODY = ("Content-", "Link")
ASKED_BY = ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING")
"""What an answer depends on beside the data: the address as it is written, and the headers that Vary names."""


class _Given(NamedTuple):
    """How a request was answered: the tag under which the body is kept, the route, and the headers."""

    tag: str
    route: str
    headers: Headers


class GivenAgain:
    """Wraps `app`: a GET that is written like one before is answered from what is kept, where the data are the same.

    ASSUMPTION: everybody may ask, as often as they like, and one server has the data; where that is not so, requests
    have to be looked at first. So has one that tells which data its client has seen.
    """

    def __init__(self, app: Flask) -> None:
        self._application = app.wsgi_app
        self._answers: Answers = app.extensions[ANSWERS]
        store: Store = app.extensions[STORE]
        self._reads = store.reads[store.servers.primary]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Return the answer, from what is kept or by the application."""
        if environ["REQUEST_METHOD"] != "GET" or INTERNAL in environ or "HTTP_DATA_VERSION" in environ:
            return self._application(environ, start_response)
        began = time.perf_counter()
        asked = tuple(environ.get(name, "") for name in ASKED_BY)
        given: _Given | None = self._answers.get(asked)
        kept: Kept | None = None if given is None else self._answers.get(given.tag)
        if given is None or kept is None or not self._is_of_now(kept):
            return self._noting(environ, start_response, asked)
        held = environ.get("HTTP_IF_NONE_MATCH")
        if held is not None and unquote_etag(held)[0] != given.tag:
            return self._application(environ, start_response)
        return _again(environ, start_response, given, kept, began)

    def _is_of_now(self, kept: Kept) -> bool:
        """Return whether the data are those that the answer was made of; not where nobody can tell."""
        try:
            return self._reads.version() == kept.data_version
        except (DBAPIError, PoolTimeout):
            return False

    def _noting(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", asked: tuple[str, ...]
    ) -> Iterable[bytes]:
        """Let the application answer, and note how it did where the body is kept."""

        def note(status: str, headers: Headers, *error: Any) -> Any:
            tag = unquote_etag(dict(headers).get("ETag", ""))[0]
            rule = environ["werkzeug.request"].url_rule
            if status.startswith("200") and tag and rule is not None and self._answers.get(tag) is not None:
                lasting = [header for header in headers if header[0] != NUMBER]
                size = sum(map(len, asked)) + sum(len(name) + len(value) for name, value in lasting)
                self._answers.keep(asked, _Given(tag, rule.rule, lasting), size=size)
            return start_response(status, headers, *error)

        return self._application(environ, note)


def _again(
    environ: "WSGIEnvironment", start_response: "StartResponse", given: _Given, kept: Kept, began: float
) -> Iterable[bytes]:
    """Return the body of what is kept; to who holds it already nothing but that it is the same."""
    is_held = "HTTP_IF_NONE_MATCH" in environ
    headers, number = given.headers, request_number(environ.get("HTTP_X_REQUEST_ID", ""))
    if is_held:
        headers = [header for header in headers if not header[0].startswith(OF_A_BODY)]
    start_response("304 NOT MODIFIED" if is_held else "200 OK", [*headers, (NUMBER, number)])
    seconds = time.perf_counter() - began
    status, cache = (304, "client") if is_held else (200, "hit")
    facts = {**({} if is_held else kept.facts), "data_version": kept.data_version, "cache": cache}
    log_request(environ, number=number, route=given.route, status=status, seconds=seconds, facts=facts)
    observe_request(given.route, status, seconds, cache=cache)
    return [] if is_held else [kept.body]

"""Every error as problem details (RFC 9457)."""

import logging
from collections.abc import Sequence
from http import HTTPStatus

import msgspec
from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from service.api.caching.data_version import DATA_VERSION
from service.api.observability.metrics import TURNED_AWAY
from service.api.problems.types import BY_STATUS, CONTENT_TYPE, RETRY_AFTER_S, TYPES, ProblemType, problem_body
from service.db.connection.timeouts import DeadlinePassed
from service.errors import (
    CursorExpired,
    Fault,
    InvalidRequest,
    KeyNotEnough,
    KeyWanted,
    NoSuchVersion,
    NotCaughtUp,
    NotFound,
    SourceUnavailable,
)

QUERY_CANCELED = "57014"

log = logging.getLogger("tradeflows.problems")


def init_problems(app: Flask) -> None:
    """Answer every error of `app` with problem details."""
    app.register_error_handler(InvalidRequest, _invalid_request)
    app.register_error_handler(NotFound, lambda error: problem(TYPES["not-found"], detail=str(error)))
    app.register_error_handler(KeyWanted, _key_wanted)
    app.register_error_handler(KeyNotEnough, lambda error: problem(TYPES["key-not-enough"], detail=str(error)))
    app.register_error_handler(CursorExpired, lambda error: problem(TYPES["cursor-expired"], detail=str(error)))
    app.register_error_handler(NoSuchVersion, _no_such_version)
    app.register_error_handler(NotCaughtUp, lambda error: problem(TYPES["unavailable"], detail=str(error)))
    app.register_error_handler(SourceUnavailable, _unavailable)
    app.register_error_handler(PoolTimeout, _busy)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def problem(kind: ProblemType, *, detail: str, faults: Sequence[Fault] = ()) -> Response:
    """Return an answer that says what is wrong in the form of RFC 9457."""
    request_id = g.get("request_id", "")
    body = problem_body(kind, detail=detail, instance=request.path, request_id=request_id, faults=faults)
    response = Response(msgspec.json.encode(body), status=kind.status, content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if kind.status in {429, 503}:
        response.headers["Retry-After"] = RETRY_AFTER_S
    return response


def _invalid_request(error: InvalidRequest) -> Response:
    return problem(TYPES[error.kind], detail=str(error), faults=error.faults)


def _key_wanted(error: KeyWanted) -> Response:
    response = problem(TYPES["key-wanted"], detail=str(error))
    response.headers["WWW-Authenticate"] = 'Bearer realm="tradeflows"'
    return response


def _no_such_version(error: NoSuchVersion) -> Response:
    fault = Fault(DATA_VERSION, str(error.version), str(error), [str(error.newest)])
    return problem(TYPES["invalid-parameter"], detail=str(fault), faults=[fault])


def _unavailable(error: Exception) -> Response:
    log.warning("unavailable: %s", type(error).__name__)
    return problem(TYPES["unavailable"], detail="The database cannot be reached right now; try again shortly.")


def _busy(_error: PoolTimeout) -> Response:
    TURNED_AWAY.inc()
    return problem(TYPES["unavailable"], detail="All connections to the database are busy; try again shortly.")


def _database_error(error: DBAPIError) -> Response:
    if isinstance(error.orig, DeadlinePassed) or getattr(error.orig, "sqlstate", None) == QUERY_CANCELED:
        return problem(TYPES["took-too-long"], detail="The database needed too long; ask for less at once.")
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return _unavailable(error)
    return _unexpected(error)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    kind = BY_STATUS.get(status) or ProblemType("http-error", status, HTTPStatus(status).phrase, "")
    response = problem(kind, detail=kind.explanation if status == 404 else error.description or kind.title)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    log.error("unexpected error", exc_info=error)
    return problem(TYPES["internal-error"], detail="Something went wrong inside the service; it has been logged.")

"""Error handlers: every error becomes problem details (RFC 9457)."""

import logging
from collections.abc import Sequence
from http import HTTPStatus

import msgspec
from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestURITooLarge

from service.api.data_version import DATA_VERSION_HEADER
from service.api.observability.metrics import REJECTED_REQUESTS
from service.api.problems.page import prefers_html, problem_page
from service.api.problems.path_suggestions import unknown_path_errors
from service.api.problems.types import (
    INTERNAL_ERROR_DETAIL,
    MAX_QUERY_CHARACTERS,
    MAX_REPORTED_ERRORS,
    OVERLOADED_DETAIL,
    PROBLEM_CONTENT_TYPE,
    PROBLEM_TYPE_BY_STATUS,
    PROBLEM_TYPES,
    RETRY_AFTER_S,
    TIMEOUT_DETAIL,
    UNAVAILABLE_DETAIL,
    ProblemType,
    problem_body,
)
from service.db.connection.timeouts import ClientTimeout
from service.errors import (
    CursorExpired,
    InsufficientScope,
    InvalidRequest,
    LaggingReplica,
    NotFound,
    ParameterError,
    SourceUnavailable,
    Unauthorized,
    UnknownDataVersion,
)

QUERY_CANCELED = "57014"

log = logging.getLogger("tradeflows.problems")


def init_problems(app: Flask) -> None:
    """Register the error handlers of `app`, and refuse URLs that are too long."""
    app.before_request(_refuse_long_query)
    app.register_error_handler(InvalidRequest, _invalid_request)
    app.register_error_handler(NotFound, lambda error: problem_response(PROBLEM_TYPES["not-found"], detail=str(error)))
    app.register_error_handler(Unauthorized, _unauthorized)
    app.register_error_handler(
        InsufficientScope, lambda error: problem_response(PROBLEM_TYPES["insufficient-scope"], detail=str(error))
    )
    app.register_error_handler(
        CursorExpired, lambda error: problem_response(PROBLEM_TYPES["cursor-expired"], detail=str(error))
    )
    app.register_error_handler(UnknownDataVersion, _unknown_data_version)
    app.register_error_handler(
        LaggingReplica, lambda error: problem_response(PROBLEM_TYPES["unavailable"], detail=str(error))
    )
    app.register_error_handler(SourceUnavailable, _unavailable)
    app.register_error_handler(PoolTimeout, _pool_exhausted)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _internal_error)


def _refuse_long_query() -> None:
    if len(request.query_string) > MAX_QUERY_CHARACTERS:
        raise RequestURITooLarge


def problem_response(
    problem_type: ProblemType, *, detail: str, parameter_errors: Sequence[ParameterError] = ()
) -> Response:
    """Return a response with problem details (RFC 9457), or with a page for a browser."""
    request_id = g.get("request_id", "")
    body = problem_body(
        problem_type, detail=detail, instance=request.path, request_id=request_id, parameter_errors=parameter_errors
    )
    if prefers_html(request.accept_mimetypes):
        page = problem_page(body, parameter_errors[:MAX_REPORTED_ERRORS])
        response = Response(page, status=problem_type.status, content_type="text/html; charset=utf-8")
    else:
        response = Response(msgspec.json.encode(body), status=problem_type.status, content_type=PROBLEM_CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept"
    if problem_type.status in {429, 503}:
        response.headers["Retry-After"] = RETRY_AFTER_S
    return response


def _invalid_request(error: InvalidRequest) -> Response:
    return problem_response(
        PROBLEM_TYPES[error.problem_slug], detail=str(error), parameter_errors=error.parameter_errors
    )


def _unauthorized(error: Unauthorized) -> Response:
    response = problem_response(PROBLEM_TYPES["authentication-required"], detail=str(error))
    response.headers["WWW-Authenticate"] = 'Bearer realm="tradeflows"'
    return response


def _unknown_data_version(error: UnknownDataVersion) -> Response:
    parameter_error = ParameterError(DATA_VERSION_HEADER, str(error.version), str(error), [str(error.newest)])
    return _invalid_request(InvalidRequest(parameter_error))


def _unavailable(error: Exception) -> Response:
    log.warning("unavailable: %s", type(error).__name__)
    return problem_response(PROBLEM_TYPES["unavailable"], detail=UNAVAILABLE_DETAIL)


def _pool_exhausted(_error: PoolTimeout) -> Response:
    REJECTED_REQUESTS.inc()
    return problem_response(PROBLEM_TYPES["overloaded"], detail=OVERLOADED_DETAIL)


def _database_error(error: DBAPIError) -> Response:
    if isinstance(error.orig, ClientTimeout) or getattr(error.orig, "sqlstate", None) == QUERY_CANCELED:
        return problem_response(PROBLEM_TYPES["timeout"], detail=TIMEOUT_DETAIL)
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return _unavailable(error)
    return _internal_error(error)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    problem_type = PROBLEM_TYPE_BY_STATUS.get(status)
    if problem_type is None:
        phrase = HTTPStatus(status).phrase
        problem_type = ProblemType("http-error", status, phrase, f"{phrase}.")
    path_errors = unknown_path_errors() if status == HTTPStatus.NOT_FOUND and request.url_rule is None else ()
    response = problem_response(problem_type, detail=problem_type.explanation, parameter_errors=path_errors)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _internal_error(error: Exception) -> Response:
    log.error("unexpected error", exc_info=error)
    return problem_response(PROBLEM_TYPES["internal-error"], detail=INTERNAL_ERROR_DETAIL)

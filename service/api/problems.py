"""Every error as problem details (RFC 9457), and a page for each type of problem."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from service.errors import (
    CursorExpired,
    Fault,
    InvalidRequest,
    NotFound,
    OverlappingMembers,
    RequestTooLarge,
    SourceUnavailable,
)

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = "2"
QUERY_CANCELED = "57014"


@dataclass(frozen=True)
class ProblemType:
    """A type of problem: its stable slug under /problems/, its status and what it means."""

    slug: str
    status: int
    title: str
    explanation: str


TYPES = {
    kind.slug: kind
    for kind in (
        ProblemType(
            InvalidRequest.kind,
            422,
            "A parameter is not right",
            "A parameter is unknown, misspelt, or has a value that cannot be. Nothing is ignored in silence: "
            "`errors` names each parameter, the value as it came, why it is not right, and what was likely meant.",
        ),
        ProblemType(
            OverlappingMembers.kind,
            422,
            "Codes that contain one another cannot be added up",
            "A group and its member, the World and a country, or a chapter and a heading in it would be counted "
            "twice in one sum. Ask for them in separate requests, or leave out one of each pair that `errors` names.",
        ),
        ProblemType(
            RequestTooLarge.kind,
            422,
            "The request asks for too much at once",
            "The number of codes or series is above what one answer gives. Ask for fewer, or page through them.",
        ),
        ProblemType(
            "bad-request", 400, "The request cannot be read", "The request is not valid HTTP for this service."
        ),
        ProblemType(
            "not-found",
            404,
            "There is nothing here",
            "No resource has this address. The resources are listed at /docs and in /openapi.json.",
        ),
        ProblemType(
            "method-not-allowed",
            405,
            "This resource is only read",
            "Over HTTP the service only reads: GET and HEAD. Figures are loaded on the command line.",
        ),
        ProblemType(
            "not-acceptable",
            406,
            "The answer cannot be given in that form",
            "The Accept header or `format` asks for a form that this resource does not have.",
        ),
        ProblemType("content-too-large", 413, "The request is too large", "Requests to this service need no body."),
        ProblemType("uri-too-long", 414, "The address is too long", "Ask for fewer codes at once."),
        ProblemType(
            "cursor-expired",
            410,
            "The data changed since the first page",
            "A cursor holds to the state of the data it began with; pages never mix two. Begin again without `cursor`, "
            "or pin the pages by `as_of`.",
        ),
        ProblemType("too-many-requests", 429, "Too many requests", "Try again after the time in Retry-After."),
        ProblemType(
            "internal-error",
            500,
            "The service failed",
            "This is a fault of the service. The log of the service has the details under the `request_id`.",
        ),
        ProblemType(
            "unavailable",
            503,
            "The database is not available",
            "The service could not reach its database, or all connections were busy. Try again after Retry-After.",
        ),
        ProblemType(
            "took-too-long",
            504,
            "The answer took too long",
            "The question needed more time than one answer may take. Ask for fewer codes or periods.",
        ),
    )
}
BY_STATUS = {kind.status: kind for kind in reversed(TYPES.values())}

log = logging.getLogger("tradeflows.problems")


def init_problems(app: Flask) -> None:
    """Answer every error of `app` with problem details."""
    app.register_error_handler(InvalidRequest, _invalid_request)
    app.register_error_handler(NotFound, lambda error: problem(TYPES["not-found"], detail=str(error)))
    app.register_error_handler(CursorExpired, lambda error: problem(TYPES["cursor-expired"], detail=str(error)))
    app.register_error_handler(SourceUnavailable, _unavailable)
    app.register_error_handler(PoolTimeout, _unavailable)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    app.add_url_rule("/problems/<slug>", "problem_page", _page)


def problem(kind: ProblemType, *, detail: str, errors: Iterable[dict[str, Any]] = ()) -> Response:
    """Return an answer that says what is wrong in the form of RFC 9457."""
    body: dict[str, Any] = {
        "type": f"/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": request.path,
        "request_id": g.get("request_id", ""),
        "errors": list(errors),
    }
    response = Response(msgspec.json.encode(body), status=kind.status, content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if kind.status in {429, 503}:
        response.headers["Retry-After"] = RETRY_AFTER_S
    return response


def _invalid_request(error: InvalidRequest) -> Response:
    return problem(TYPES[error.kind], detail=str(error), errors=[_described(fault) for fault in error.faults])


def _described(fault: Fault) -> dict[str, Any]:
    return {
        "parameter": fault.parameter,
        "value": fault.value[:200],
        "reason": fault.reason,
        "suggestions": list(fault.suggestions),
    }


def _unavailable(error: Exception) -> Response:
    log.warning("unavailable: %s", type(error).__name__)
    return problem(TYPES["unavailable"], detail="The database cannot be reached right now; try again shortly.")


def _database_error(error: DBAPIError) -> Response:
    if getattr(error.orig, "sqlstate", None) == QUERY_CANCELED:
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


def _page(slug: str) -> Response:
    kind = TYPES.get(slug)
    if kind is None:
        raise NotFound(f"There is no type of problem called {slug}; there are {', '.join(TYPES)}.")
    return Response(
        f"{kind.title}\n\n{kind.explanation}\n\nStatus: {kind.status}\n", content_type="text/plain; charset=utf-8"
    )

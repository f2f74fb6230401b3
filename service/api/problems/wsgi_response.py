"""Problem details for requests that do not reach the application, with the headers that it would have added."""

from http import HTTPStatus

import msgspec

from service.api.problems.types import PROBLEM_CONTENT_TYPE, RETRY_AFTER_S, ProblemType, problem_body


def wsgi_problem(
    problem_type: ProblemType, *, detail: str, request_id: str, instance: str = ""
) -> tuple[str, list[tuple[str, str]], bytes]:
    """Return status line, headers and body of a response with problem details."""
    body = msgspec.json.encode(problem_body(problem_type, detail=detail, instance=instance, request_id=request_id))
    headers = [
        ("Content-Type", PROBLEM_CONTENT_TYPE),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Access-Control-Allow-Origin", "*"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Request-ID", request_id),
    ]
    if problem_type.status in {429, 503}:
        headers.append(("Retry-After", RETRY_AFTER_S))
    return f"{problem_type.status} {HTTPStatus(problem_type.status).phrase}", headers, body

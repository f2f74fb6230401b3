"""Problem details for requests that do not reach the application, with the headers that it would have added."""

from html import escape
from http import HTTPStatus

import msgspec
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from service.api.problems.page import prefers_html
from service.api.problems.types import PROBLEM_CONTENT_TYPE, RETRY_AFTER_S, ProblemType, problem_body

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · tradeflows</title>
<main>
<h1>{title}</h1>
<p>{detail}</p>
<p><a href="">Try again</a>, or <a href="/explore">choose figures in the explorer</a>.</p>
<p>Status {status}, request {request_id}.</p>
</main>
</html>
"""
"""The page of a browser. The templates need the application, which these requests do not reach."""


def wsgi_problem(
    problem_type: ProblemType, *, detail: str, request_id: str, instance: str = "", accept_header: str = ""
) -> tuple[str, list[tuple[str, str]], bytes]:
    """Return status line, headers and body of a response with problem details, or with a page for a browser.

    `instance` is the path of the request, `accept_header` its header Accept.
    """
    problem = problem_body(problem_type, detail=detail, instance=instance, request_id=request_id)
    content_type, body = PROBLEM_CONTENT_TYPE, msgspec.json.encode(problem)
    if prefers_html(parse_accept_header(accept_header, MIMEAccept)):
        content_type = "text/html; charset=utf-8"
        texts = {name: escape(str(problem[name])) for name in ("title", "detail", "status", "request_id")}
        body = PAGE.format(**texts).encode()
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Vary", "Accept"),
        ("Access-Control-Allow-Origin", "*"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Request-ID", request_id),
    ]
    if problem_type.status in {429, 503}:
        headers.append(("Retry-After", RETRY_AFTER_S))
    return f"{problem_type.status} {HTTPStatus(problem_type.status).phrase}", headers, body

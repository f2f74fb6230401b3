"""Headers of all responses, for the security of pages and for cross-origin resource sharing (CORS).

Pages of any origin may read every response, without credentials.
"""

import re

from flask import Flask, Response, request

PAGE_CSP = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'"
"""A page runs no script, and loads the stylesheet and charts of the service alone. Pages with charts have their own."""
SWAGGER_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
    "; base-uri 'none'; form-action 'none'"
)
"""The policy of Swagger UI: its own scripts, requests to this service only."""
FRAME_ANCESTORS_CSP = "frame-ancestors 'none'"
"""The rule of all pages but the one with an embedded chart, which has its own."""


ALLOWED_METHODS = ("GET", "HEAD", "POST")
ALLOWED_HEADERS = "Authorization, Content-Type, Data-Version, If-None-Match, X-Request-ID"
"""Headers that a preflight response allows if the request names none."""
_MATCH_HEADER_NAMES = re.compile(r"[\w!#$%&'*+.^`|~, -]{1,1000}", re.ASCII).fullmatch
EXPOSED_HEADERS = (
    "Accept-Ranges, Content-Disposition, Content-Range, Data-Version, Deprecation, ETag, Exchange-Rate, Link, "
    "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, Sunset, WWW-Authenticate, X-Request-ID"
)
PREFLIGHT_MAX_AGE_S = "86400"
FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": EXPOSED_HEADERS,
}
PAGE_TYPES = frozenset({"text/html", "image/svg+xml"})


def init_security_headers(app: Flask) -> None:
    """Add the security headers to every response of `app`, and allow pages of any origin to read the response."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    response.headers.update(FIXED_HEADERS)
    if response.allow:
        response.headers["Allow"] = ", ".join(sorted(response.allow))
    if response.status_code != 304 and response.mimetype in PAGE_TYPES:
        _add_page_policy(response)
    if request.method == "OPTIONS" and response.status_code == 200:
        _make_preflight(response)
    return response


def _add_page_policy(response: Response) -> None:
    policy = response.headers.get("Content-Security-Policy", PAGE_CSP)
    if "frame-ancestors" not in policy:
        policy = f"{policy}; {FRAME_ANCESTORS_CSP}"
        response.headers["X-Frame-Options"] = "DENY"
    response.headers["Content-Security-Policy"] = policy


def _make_preflight(response: Response) -> None:
    """Turn the response into one to a preflight request, which allows whichever headers the client sends."""
    response.status_code = 204
    del response.headers["Content-Type"]
    response.headers["Access-Control-Allow-Methods"] = ", ".join(
        method for method in ALLOWED_METHODS if method in response.allow
    )
    requested_headers = request.headers.get("Access-Control-Request-Headers", "")
    is_valid = _MATCH_HEADER_NAMES(requested_headers)
    response.headers["Access-Control-Allow-Headers"] = requested_headers if is_valid else ALLOWED_HEADERS
    response.vary.add("Access-Control-Request-Headers")
    response.headers["Access-Control-Max-Age"] = PREFLIGHT_MAX_AGE_S

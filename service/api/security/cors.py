"""Cross-origin resource sharing (CORS): pages of any origin may read every response, without credentials."""

import re

from flask import Flask, Response, request

ALLOWED_METHODS = ("GET", "HEAD", "POST")
ALLOWED_HEADERS = "Authorization, Content-Type, Data-Version, If-None-Match, X-Request-ID"
"""Headers that a preflight response allows if the request names none."""
_MATCH_HEADER_NAMES = re.compile(r"[\w!#$%&'*+.^`|~, -]{1,1000}", re.ASCII).fullmatch
EXPOSED_HEADERS = (
    "Data-Version, Deprecation, ETag, Link, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, "
    "Sunset, WWW-Authenticate, X-Request-ID"
)
PREFLIGHT_MAX_AGE_S = "86400"


def init_cors(app: Flask) -> None:
    """Allow pages of any origin to read the responses of `app`, whichever headers they send."""
    app.after_request(_add_cors_headers)


def _add_cors_headers(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
    if request.method == "OPTIONS" and response.status_code == 200:
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
    return response

"""CORS: pages of other origins may read every response, without credentials."""

from flask import Flask, Response, request

ALLOWED_METHODS = ("GET", "HEAD", "POST")
ALLOWED_HEADERS = "Authorization, Content-Type, Data-Version, If-None-Match, X-Request-ID"
EXPOSED_HEADERS = (
    "Data-Version, Deprecation, ETag, Link, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, "
    "Sunset, WWW-Authenticate, X-Request-ID"
)
PREFLIGHT_MAX_AGE_S = "86400"


def init_cors(app: Flask) -> None:
    """Allow pages of any origin to read the responses of `app`."""
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
        response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        response.headers["Access-Control-Max-Age"] = PREFLIGHT_MAX_AGE_S
    return response

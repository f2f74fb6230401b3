"""What a page of another origin may do: read every answer, with no credentials (CORS)."""

from flask import Flask, Response, request

READ_ONLY = "GET, HEAD"
MAY_BE_SENT = "Authorization, Data-Version, If-None-Match, X-Request-ID"
MAY_BE_READ = (
    "Data-Version, Deprecation, ETag, Link, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, "
    "Sunset, WWW-Authenticate, X-Request-ID"
)
A_DAY_S = "86400"


def init_cross_origin(app: Flask) -> None:
    """Let pages of any origin read what `app` answers."""
    app.after_request(_allow)


def _allow(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = MAY_BE_READ
    if request.method == "OPTIONS" and response.status_code == 200:
        response.status_code = 204
        del response.headers["Content-Type"]
        response.headers["Access-Control-Allow-Methods"] = READ_ONLY
        response.headers["Access-Control-Allow-Headers"] = MAY_BE_SENT
        response.headers["Access-Control-Max-Age"] = A_DAY_S
    return response

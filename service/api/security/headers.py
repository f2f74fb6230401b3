"""Security headers of all responses."""

from flask import Flask, Response

PAGE_CSP = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'"
"""A page runs no script, and loads the stylesheet and charts of the service alone. Pages with charts have their own."""
SWAGGER_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
    "; base-uri 'none'; form-action 'none'"
)
"""The policy of Swagger UI: its own scripts, requests to this service only."""
FRAME_ANCESTORS_CSP = "frame-ancestors 'none'"
"""The rule of all pages but the one with an embedded chart, which has its own."""


def init_security_headers(app: Flask) -> None:
    """Add the security headers to every response of `app`."""
    app.after_request(_add_security_headers)


def _add_security_headers(response: Response) -> Response:
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    if response.status_code != 304 and response.mimetype in {"text/html", "image/svg+xml"}:
        policy = headers.get("Content-Security-Policy", PAGE_CSP)
        if "frame-ancestors" not in policy:
            policy = f"{policy}; {FRAME_ANCESTORS_CSP}"
            headers["X-Frame-Options"] = "DENY"
        headers["Content-Security-Policy"] = policy
    return response

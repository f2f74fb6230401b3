"""What browsers are told to keep from doing with the answers of the service."""

from flask import Flask, Response

PAGE_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""A page runs no script and loads nothing."""
SWAGGER_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"
    "; base-uri 'none'; form-action 'none'"
)
"""Swagger UI runs the script of its own files, and asks the service alone."""
FRAME_ANCESTORS_CSP = "frame-ancestors 'none'"


def init_security_headers(app: Flask) -> None:
    """Send with every answer of `app` what browsers have to know."""
    app.after_request(_add_security_headers)


def _add_security_headers(response: Response) -> Response:
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    if response.status_code != 304 and response.mimetype in {"text/html", "image/svg+xml"}:
        headers["Content-Security-Policy"] = (
            f"{headers.get('Content-Security-Policy', PAGE_CSP)}; {FRAME_ANCESTORS_CSP}"
        )
        headers["X-Frame-Options"] = "DENY"
    return response

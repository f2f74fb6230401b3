"""Pages for people: HTML that runs no script and loads nothing."""

from typing import Any

from flask import Response, render_template

from service.api.rendering import CONTENT_TYPES

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def html_page(template: str, **context: Any) -> Response:
    """Return the page that `template` makes of `context`."""
    page = Response(render_template(template, **context), content_type=CONTENT_TYPES["html"])
    page.headers["Content-Security-Policy"] = POLICY
    return page

"""HTML pages without inline scripts and external resources."""

from typing import Any

from flask import Response, render_template

from service.api.contract.formats import CONTENT_TYPES

SCRIPTED_CSP = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'"
    "; form-action 'self'"
)
"""The policy of a page with charts: a script of the service reads the chart at the pointer."""


def html_page(template: str, *, has_chart: bool = False, **context: Any) -> Response:
    """Return a response with the page of a template. `context` has the variables of the template.

    Only a page with a chart (`has_chart`) may run a script.
    """
    body = render_template(template, has_chart=has_chart, **context)
    response = Response(body, content_type=CONTENT_TYPES["html"])
    if has_chart:
        response.headers["Content-Security-Policy"] = SCRIPTED_CSP
    return response

"""HTML pages without scripts and external resources."""

from typing import Any

from flask import Response, render_template

from service.api.contract.formats import CONTENT_TYPES


def html_page(template: str, **context: Any) -> Response:
    """Return a response with the page of a template and its variables."""
    return Response(render_template(template, **context), content_type=CONTENT_TYPES["html"])

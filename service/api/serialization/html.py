"""Pages for people: HTML that runs no script and loads nothing."""

from typing import Any

from flask import Response, render_template

from service.api.contract.formats import CONTENT_TYPES


def html_page(template: str, **context: Any) -> Response:
    """Return the page that `template` makes of `context`."""
    return Response(render_template(template, **context), content_type=CONTENT_TYPES["html"])

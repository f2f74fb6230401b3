"""Escaping of texts and addresses in Markdown and HTML pages."""

import re
from urllib.parse import quote

from flask import Flask

_MARKDOWN_SYNTAX = re.compile(r"([\\`*_\[\]<>|])")
_WEB_ADDRESS = re.compile(r"(https?://|/(?!/))", re.IGNORECASE)
_SAFE_ADDRESS_CHARACTERS = "/:?#@!$&'*+,;=%~[]"


def init_template_filters(app: Flask) -> None:
    """Give the templates of `app` the filters `markdown`, for texts, and `web_address`, for links."""
    app.jinja_env.filters.update(markdown=escape_markdown, web_address=web_address)


def escape_markdown(text: str) -> str:
    """Return a text with backslashes before characters that Markdown interprets."""
    return _MARKDOWN_SYNTAX.sub(r"\\\1", text)


def web_address(address: str) -> str:
    """Return an address that is safe in a link: of the web or of this service, without spaces and parentheses.

    Any other address, such as one of the scheme `javascript`, becomes empty.
    """
    return quote(address, safe=_SAFE_ADDRESS_CHARACTERS) if _WEB_ADDRESS.match(address) else ""

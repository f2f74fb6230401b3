"""The routes of charts in other pages: a page with nothing but a chart, and its description by the oEmbed standard."""

from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from service.api.charts.renderer import can_render
from service.api.database.context import Context
from service.api.database.request_context import current_context
from service.api.parameters.strict_parser import load_parameters
from service.api.responses.rendering import json_response
from service.api.responses.respond import respond
from service.api.serialization.html import SCRIPTED_CSP, html_page
from service.resources.pages.embedding.document import (
    EMBEDDING_PATH,
    OEMBED_PATH,
    OembedParams,
    embedding_url,
    explorer_arguments,
    oembed_document,
)
from service.resources.pages.explorer import EXPLORER, Explorer, explorer_parameters
from service.resources.pages.query import is_canonical, resolve_query

FRAME_CSP = f"{SCRIPTED_CSP}; frame-ancestors *"
"""The policy of the only page that other pages may show in a frame."""

blueprint = Blueprint("embedding", __name__, template_folder="templates")


@blueprint.get(EMBEDDING_PATH)
def get_embedded_chart() -> AnyResponse:
    """Return the page with nothing but the chart of a query of the explorer."""
    context = current_context()
    context.assume_last_reference()
    arguments = dict(request.args.lists())
    query = context.read_consistently(lambda context: resolve_query(context, arguments))
    if not is_canonical(query, request.args):
        return redirect(embedding_url(query), 303)
    return respond(EXPLORER, explorer_parameters(query, request.host_url), render=_render_chart, format_name="html")


@blueprint.get(OEMBED_PATH)
def get_oembed_document() -> Response:
    """Return the description of the chart in a page of the explorer, by the oEmbed standard."""
    arguments = load_parameters(OembedParams(), request.args)
    context = current_context()
    context.assume_last_reference()
    page_arguments = explorer_arguments(arguments["url"])
    query = context.read_consistently(lambda context: resolve_query(context, page_arguments))

    def render(_context: Context, explorer: Explorer, _format_name: str) -> Response:
        sizes = {"max_width": arguments.get("maxwidth"), "max_height": arguments.get("maxheight")}
        return json_response(oembed_document(explorer, request.host_url.rstrip("/"), **sizes))

    return respond(EXPLORER, explorer_parameters(query, request.host_url), render=render, format_name="html")


def _render_chart(_context: Context, explorer: Explorer, _format_name: str) -> Response:
    page: dict[str, Any] = {"has_chart": explorer.has_chart and can_render(), "page_title": explorer.title}
    response = html_page("embed.html", explorer=explorer, query=explorer.query, **page)
    response.headers["Content-Security-Policy"] = FRAME_CSP
    return response

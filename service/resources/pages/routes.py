"""The routes of pages: the explorer and the files that pages load."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, request
from marshmallow import Schema
from werkzeug.wrappers import Response as AnyResponse

from service.api.charts.renderer import can_render
from service.api.database.context import Context
from service.api.database.request_context import current_context
from service.api.parameters.strict_parser import load_parameters
from service.api.responses.respond import respond
from service.api.security.authentication import authentication_enabled, is_data_restricted, leads_to_public_page
from service.api.serialization.html import html_page
from service.errors import NotFound
from service.resources.pages.assets import MEDIA_TYPES, asset_url, read_asset
from service.resources.pages.check import load_check
from service.resources.pages.code_examples import code_examples
from service.resources.pages.embedding.document import embedding_codes, oembed_url
from service.resources.pages.explorer import EXPLORER, MEASURE_NAMES, VIEW_NAMES, Explorer, explorer_parameters
from service.resources.pages.json_ld import describe_explorer, describe_landing, describe_release
from service.resources.pages.landing import LANDING, Landing
from service.resources.pages.query import EXPLORER_PATH, is_canonical, resolve_query
from service.resources.pages.releases.documents import (
    RELEASE_LIST,
    RELEASE_PAGE,
    ReleaseList,
    ReleaseListParams,
    ReleasePage,
)
from service.resources.pages.search.suggestions import search

MAX_SEARCH_CHARACTERS = 200
LANDING_DESCRIPTION = (
    "Official figures of exports and imports and their growth over a year, as published today or on any earlier day."
)

blueprint = Blueprint("pages", __name__, template_folder="templates")
blueprint.add_app_template_global(asset_url)
blueprint.add_app_template_global(is_data_restricted)
blueprint.add_app_template_global(leads_to_public_page)


@blueprint.get(EXPLORER_PATH)
def get_explorer() -> AnyResponse:
    """Return the page of the explorer for a query.

    A query with names in place of codes, or with empty fields of a form, is redirected to the URL of the same query
    with codes alone.
    """
    context = current_context()
    context.assume_last_reference()
    arguments = dict(request.args.lists())
    query = context.read_consistently(lambda context: resolve_query(context, arguments))
    if not is_canonical(query, request.args):
        return redirect(query.url(), 303)
    return respond(EXPLORER, explorer_parameters(query, request.host_url), render=_render_explorer, format_name="html")


@blueprint.get("/")
def get_landing() -> Response:
    """Return the first page: headline figures, examples, and the loaded datasets."""
    parameters = {"host_url": request.host_url}
    return respond(LANDING, parameters, render=_render_landing, format_name="html")


@blueprint.get("/search")
def get_search() -> AnyResponse:
    """Return links to the pages that answer a question in words.

    If every word of the question is understood, the response is a redirect to the best of these pages.
    """
    context = current_context()
    context.assume_last_reference()
    text = request.args.get("q", "").strip()[:MAX_SEARCH_CHARACTERS]
    result = context.read_consistently(lambda context: search(context, text))
    if result.is_certain and result.suggestions:
        return redirect(result.suggestions[0].url, 303)
    response = html_page("search.html", result=result, page_title="Search")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/check", methods=["GET", "POST"])
def check_numbers_of_text() -> Response:
    """Return the page with the form for a text to check and, for a text that was sent, the check of its numbers.

    The text is not stored.
    """
    arguments = {name: request.form.get(name, "").strip() for name in ("text", "published", "reporter")}
    checked = load_check(current_context(), arguments) if arguments["text"] else None
    response = html_page("check.html", checked=checked, arguments=arguments, page_title="Check the numbers of a text")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/releases")
def get_releases() -> Response:
    """Return the releases of all datasets, or of one."""
    load_parameters(ReleaseListParams(), request.args)
    return respond(RELEASE_LIST, {}, render=_render_release_list, format_name="html")


@blueprint.get("/releases/<code>")
def get_release_page(code: str) -> Response:
    """Return one release: its revisions, properties, files and unmapped codes."""
    load_parameters(Schema(), request.args)
    parameters = {"code": code, "host_url": request.host_url}
    return respond(RELEASE_PAGE, parameters, render=_render_release, format_name="html")


@blueprint.get("/assets/<digest>/<name>")
def get_asset(digest: str, name: str) -> Response:
    """Return a file that pages load, to be cached for ever."""
    if name not in MEDIA_TYPES or read_asset(name)[1] != digest:
        raise NotFound(f"There is no file {name} with this digest.")
    response = Response(read_asset(name)[0], content_type=MEDIA_TYPES[name])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _host() -> str:
    return request.host_url.rstrip("/")


def _render_landing(_context: Context, landing: Landing, _format_name: str) -> Response:
    page: dict[str, Any] = {
        "page_title": "Trade statistics",
        "page_url": request.host_url,
        "page_description": LANDING_DESCRIPTION,
    }
    return html_page("landing.html", landing=landing, dataset=describe_landing(landing, _host()), **page)


def _render_release_list(_context: Context, releases: ReleaseList, _format_name: str) -> Response:
    return html_page("releases.html", releases=releases, page_title="Releases")


def _render_release(_context: Context, release: ReleasePage, _format_name: str) -> Response:
    dataset = describe_release(release, _host())
    return html_page("release.html", release=release, page_title=release.title, dataset=dataset)


def _render_explorer(_context: Context, explorer: Explorer, _format_name: str) -> Response:
    host = _host()
    pinned = explorer.pinned_query
    return html_page(
        "explore.html",
        explorer=explorer,
        query=explorer.query,
        view_names=VIEW_NAMES,
        measure_names=MEASURE_NAMES.get(explorer.query.view, {}),
        permalink=f"{host}{pinned.url()}",
        codes=code_examples(f"{host}{pinned.data_url(format='csv')}", requires_key=authentication_enabled(current_app)),
        embeddings=embedding_codes(explorer, host),
        host=host,
        can_render=can_render(),
        has_chart=explorer.has_chart and can_render(),
        **_page_metadata(explorer, host),
    )


def _page_metadata(explorer: Explorer, host: str) -> dict[str, Any]:
    """Return the description of the page for search engines and social media."""
    query = explorer.query
    return {
        "page_title": explorer.title,
        "page_url": f"{host}{query.url()}",
        "image_url": f"{host}{query.chart_url('png')}" if explorer.has_chart else None,
        "oembed_url": f"{host}{oembed_url(f'{host}{query.url()}')}" if explorer.has_chart else None,
        "dataset": describe_explorer(explorer, host),
    }

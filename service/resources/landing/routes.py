"""GET /: the first page."""

from flask import Blueprint, Response

from service.api.caching.etags import conditional_response
from service.api.serialization.html import html_page
from service.resources.landing.service import (
    briefing_link,
    dataset_parameters,
    example_queries,
    headlines,
    loaded_datasets,
)

blueprint = Blueprint("landing", __name__, template_folder="templates")


@blueprint.get("/")
def landing() -> Response:
    """Say what is loaded, until when, from which source, and offer questions to click."""
    return conditional_response(_page, format_name="html")


def _page() -> Response:
    loaded = loaded_datasets()
    if not loaded:
        return html_page("landing.html", datasets=loaded)
    asked = dataset_parameters(loaded[0], loaded)
    return html_page(
        "landing.html",
        datasets=loaded,
        headlines=headlines(loaded[0], asked),
        briefing=briefing_link(loaded[0], asked, format_name="html"),
        questions=example_queries(loaded[0], asked),
    )

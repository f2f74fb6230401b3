"""GET /: the first page."""

from flask import Blueprint, Response

from service.api.caching.etags import cached
from service.api.serialization.html import html_page
from service.resources.landing.service import asked_of, briefing_link, datasets, headlines, questions

blueprint = Blueprint("landing", __name__, template_folder="templates")


@blueprint.get("/")
def landing() -> Response:
    """Say what is loaded, until when, from which source, and offer questions to click."""
    return cached(_page, form="html")


def _page() -> Response:
    loaded = datasets()
    if not loaded:
        return html_page("landing.html", datasets=loaded)
    asked = asked_of(loaded[0], loaded)
    return html_page(
        "landing.html",
        datasets=loaded,
        headlines=headlines(loaded[0], asked),
        briefing=briefing_link(loaded[0], asked, form="html"),
        questions=questions(loaded[0], asked),
    )

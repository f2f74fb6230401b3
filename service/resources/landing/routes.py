"""GET /: the landing page."""

from flask import Blueprint, Response

from service.api.database.context import Context
from service.api.responses.respond import respond
from service.api.serialization.html import html_page
from service.resources.landing.service import LANDING_PAGE, LandingPage

blueprint = Blueprint("landing", __name__, template_folder="templates")


@blueprint.get("/")
def get_landing_page() -> Response:
    """Return the landing page: the loaded datasets with their periods and sources, and example queries."""
    return respond(LANDING_PAGE, {}, render=_render_landing_page, format_name="html")


def _render_landing_page(_context: Context, page: LandingPage, _format_name: str) -> Response:
    return html_page(
        "landing.html",
        page_title="International trade statistics",
        datasets=page.datasets,
        headlines=page.headlines,
        briefing_url=page.briefing_url,
        example_queries=page.example_queries,
    )

"""GET /v1/briefings/{reporter}/{period}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.briefings.rendering import render_briefing
from service.resources.briefings.schemas import BriefingParams, StatementRow
from service.resources.briefings.service import BRIEFING

blueprint = Blueprint(
    "briefings", __name__, url_prefix="/v1", description="What is the month's news?", template_folder="templates"
)
PATH_PARAMETERS = {
    "reporter": "Who reports: ISO 3166-1 alpha-3, ISO2 or M49. | JPN",
    "period": "The month, quarter or year: `2024-01`, `2023-Q4`, `2023`, or `latest` month. | 2024-01",
}


@blueprint.table_route(
    "/briefings/<reporter>/<period>", params=BriefingParams, row_schema=StatementRow, path_parameters=PATH_PARAMETERS
)
def get_briefing(parameters: dict[str, Any], reporter: str, period: str) -> Response:
    """A month's news as numbers: every headline figure, each with the link that reproduces it.

    Totals with growth and streak, the balance and which way it went, the main partners, what partners and goods brought
    of the growth and took off it, trade measures with trade in what they affect, and surveys. As JSON, as Markdown, or
    as a page with charts. `currency` and `fx` add amounts in a second currency at a stated rate. What one of the
    reporter's datasets lacks is told from another; what none has is said to be missing.
    """
    return respond(BRIEFING, parameters | {"reporter": reporter, "period": period}, render=render_briefing)

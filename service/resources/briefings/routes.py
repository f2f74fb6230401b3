"""GET /v1/briefings, /v1/briefings/{reporter} and /v1/briefings/{reporter}/{period}."""

from typing import Any

from flask import Response, request

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.briefings.listing import BRIEFINGS
from service.resources.briefings.rendering import render_briefing
from service.resources.briefings.schemas import (
    BriefingLinkRow,
    BriefingPage,
    BriefingParams,
    BriefingsParams,
    StatementRow,
)
from service.resources.briefings.service import BRIEFING

blueprint = Blueprint(
    "briefings", __name__, url_prefix="/v1", description="Briefings on a period.", template_folder="templates"
)
PATH_PARAMETERS = {
    "reporter": "The reporter: ISO 3166-1 alpha-3, ISO2 or M49. | JPN",
    "period": "The month, quarter or year: `2024-01`, `2023-Q4`, `2023`, or `latest` for the newest month. | 2024-01",
}


@blueprint.table_route("/briefings", params=BriefingsParams, row_schema=BriefingLinkRow)
def list_briefings(parameters: dict[str, Any]) -> Response:
    """List of briefings: one row for each reporter and published period.

    Longer periods whose figures are sums of published ones, such as quarters of months, have briefings too; the list
    leaves them out.
    """
    return respond(BRIEFINGS, parameters)


@blueprint.table_route(
    "/briefings/<reporter>",
    params=BriefingsParams,
    row_schema=BriefingLinkRow,
    path_parameters={"reporter": PATH_PARAMETERS["reporter"]},
)
def list_reporter_briefings(parameters: dict[str, Any], reporter: str) -> Response:
    """List of one reporter's briefings: one row for each published period.

    The reporter is given by its code or its name.
    """
    return respond(BRIEFINGS, parameters | {"reporter": reporter})


@blueprint.table_route(
    "/briefings/<reporter>/<period>",
    params=BriefingParams,
    row_schema=StatementRow,
    path_parameters=PATH_PARAMETERS,
    page_schema=BriefingPage,
)
def get_briefing(parameters: dict[str, Any], reporter: str, period: str) -> Response:
    """A briefing on a period: the headline figures as sentences, each with the request that returns its numbers.

    The sentences are on totals with growth and streak, the balance and its change, the main partners, contributions of
    partners and commodities to growth, trade measures with affected trade, and surveys. `outline` is a summary: a
    headline, key figures, facts that the headline leaves out, and tables. The response is JSON, Markdown, or a page
    with charts. `currency` and `fx` add amounts in a second currency at a stated rate; the outline is in this currency.
    Figures that one of the reporter's datasets lacks are taken from another dataset; figures that all datasets lack are
    reported as missing.
    """
    return respond(
        BRIEFING,
        parameters | {"reporter": reporter, "period": period, "host_url": request.host_url},
        render=render_briefing,
    )

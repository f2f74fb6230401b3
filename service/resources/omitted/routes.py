"""GET /v1/omitted."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.contract.omitted_fact import OmittedFact
from service.api.database.context import Context
from service.api.responses.rendering import json_response
from service.api.responses.respond import respond
from service.resources.omitted.schemas import OmittedParams
from service.resources.omitted.service import OMITTED, OmittedFacts

blueprint = Blueprint("omitted", __name__, url_prefix="/v1", description="Facts that a headline leaves out.")


@blueprint.table_route("/omitted", params=OmittedParams, row_schema=OmittedFact)
def list_omitted_facts(parameters: dict[str, Any]) -> Response:
    """Facts that a headline on the growth of one series leaves out, the weightiest first.

    A fact is on growth in another currency, growth over two years, the calendar, the largest movers, the other flow
    with the balance, the usual revision of first figures, price and quantity, the partner's own figures, or measures
    that began. A fact that would say nothing about the series is left out.
    """
    return respond(OMITTED, parameters, render=_render, format_name="json")


def _render(_context: Context, omitted: OmittedFacts, _format_name: str) -> Response:
    return json_response({"data": omitted.rows(), "meta": omitted.meta, "links": {"self": omitted.url, "next": None}})

"""GET /v1/comparative-advantage."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.comparative_advantage.schemas import ComparativeAdvantageParams, ComparativeAdvantageRow
from service.resources.comparative_advantage.service import COMPARATIVE_ADVANTAGE

blueprint = Blueprint(
    "comparative-advantage", __name__, url_prefix="/v1", description="Revealed comparative advantage by commodity."
)


@blueprint.table_route("/comparative-advantage", params=ComparativeAdvantageParams, row_schema=ComparativeAdvantageRow)
def list_comparative_advantages(parameters: dict[str, Any]) -> Response:
    """Revealed comparative advantage of a reporter by commodity.

    The index of Balassa (1965), ordered by period and descending `rca`. It compares the reporter with a reference
    group: all reporters with a loaded dataset in the same family of classifications. Each row names the group. The
    more reporters are loaded, the closer the group is to the world.
    """
    return respond(COMPARATIVE_ADVANTAGE, parameters)

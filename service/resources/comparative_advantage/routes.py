"""GET /v1/comparative-advantage."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.comparative_advantage.schemas import ComparativeAdvantageParams, ComparativeAdvantageRow
from service.resources.comparative_advantage.service import COMPARATIVE_ADVANTAGE

blueprint = Blueprint(
    "comparative-advantage", __name__, url_prefix="/v1", description="In which goods a reporter is specialised."
)


@blueprint.table_route("/comparative-advantage", params=ComparativeAdvantageParams, row_schema=ComparativeAdvantageRow)
def list_comparative_advantages(parameters: dict[str, Any]) -> Response:
    """Revealed comparative advantage: in which goods a reporter's exports are larger than the world's would have them.

    The index of Balassa (1965), by period and falling `rca`. The world is all reporters that are loaded with a dataset
    of the same family of classifications, and each row names them: load more, and it comes nearer to the whole.
    """
    return respond(COMPARATIVE_ADVANTAGE, parameters)

"""GET /v1/classifications and /v1/classifications/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.classifications.schemas import ClassificationRow, ClassificationsParams, CodeRow, CodesParams
from service.resources.classifications.service import CLASSIFICATIONS, CODES

blueprint = Blueprint(
    "classifications", __name__, url_prefix="/v1", description="Classifications of commodities and their codes."
)
CLASSIFICATION_PARAMETER = "Code of the edition: `H6` is the Harmonized System 2022. | JP-PC"


@blueprint.table_route("/classifications", params=ClassificationsParams, row_schema=ClassificationRow)
def list_classifications(parameters: dict[str, Any]) -> Response:
    """Classifications of commodities, each edition with its dates.

    Editions of the Harmonized System, and sources' own lists such as Japan's principal commodities. The parameter
    `commodity` takes the codes of one edition.
    """
    return respond(CLASSIFICATIONS, parameters)


@blueprint.table_route(
    "/classifications/<code>",
    params=CodesParams,
    row_schema=CodeRow,
    path_parameters={"code": CLASSIFICATION_PARAMETER},
)
def list_commodity_codes(parameters: dict[str, Any], code: str) -> Response:
    """Commodity codes of one classification, with their names.

    Each row has the name, the level and the parent code of a commodity; `search` filters by a text in the name, or by
    the beginning of the code.
    """
    return respond(CODES, parameters | {"code": code})

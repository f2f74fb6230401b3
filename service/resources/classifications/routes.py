"""GET /v1/classifications and /v1/classifications/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.classifications.schemas import ClassificationRow, ClassificationsParams, CodeRow, CodesParams
from service.resources.classifications.service import CLASSIFICATIONS, CODES

blueprint = Blueprint(
    "classifications", __name__, url_prefix="/v1", description="What are goods called, and under which codes?"
)
CODE_PARAMETER = "The edition: `H6` is the Harmonized System 2022. | JP-PC"


@blueprint.table_route("/classifications", params=ClassificationsParams, row_schema=ClassificationRow)
def list_classifications(parameters: dict[str, Any]) -> Response:
    """Classifications of goods, each edition with its dates.

    Editions of the Harmonized System, and sources' own lists such as Japan's principal commodities. Goods are asked for
    by the codes of one edition.
    """
    return respond(CLASSIFICATIONS, parameters)


@blueprint.table_route(
    "/classifications/<code>",
    params=CodesParams,
    row_schema=CodeRow,
    path_parameters={"code": CODE_PARAMETER},
)
def list_codes(parameters: dict[str, Any], code: str) -> Response:
    """The codes of one classification, to search for what a commodity is called.

    Each with its name, its level and the code that it is a part of; `search` looks for a word in the names.
    """
    return respond(CODES, parameters | {"code": code})

"""GET /v1/classifications and /v1/classifications/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.database.request_context import current_reference, current_session
from service.api.resolution.reference_data import Goods
from service.api.responses.list_response import list_answer
from service.resources.classifications.queries import classifications, codes, edition_of
from service.resources.classifications.schemas import ClassificationRow, ClassificationsParams, CodeRow, CodesParams

blueprint = Blueprint(
    "classifications", __name__, url_prefix="/v1", description="What are goods called, and under which codes?"
)
CODE = "The edition: `H6` is the Harmonized System 2022. | JP-PC"


@blueprint.answers("/classifications", params=ClassificationsParams, row=ClassificationRow)
def list_classifications(parameters: dict[str, Any]) -> Response:
    """Classifications of goods, each edition with its dates.

    Editions of the Harmonized System, and sources' own lists such as Japan's principal commodities. Goods are asked for
    by the codes of one edition.
    """
    return list_answer(
        lambda: classifications(current_session(), current_reference()),
        parameters,
        row=ClassificationRow,
        key="classification",
    )


@blueprint.answers(
    "/classifications/<code>",
    params=CodesParams,
    row=CodeRow,
    path={"code": CODE},
)
def list_codes(parameters: dict[str, Any], code: str) -> Response:
    """The codes of one classification, to search for what a commodity is called.

    Each with its name, its level and the code that it is a part of; `search` looks for a word in the names.
    """
    return list_answer(lambda: codes(_goods_of(code), parameters), parameters, row=CodeRow, key="code")


def _goods_of(code: str) -> Goods:
    reference = current_reference()
    return reference.goods(current_session(), edition_of(reference, code).id)

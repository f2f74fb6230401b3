"""GET /v1/concordances."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.concordances.schemas import ConcordanceRow, ConcordancesParams
from service.resources.concordances.service import CONCORDANCES

blueprint = Blueprint(
    "concordances", __name__, url_prefix="/v1", description="Concordances between editions of a classification."
)


@blueprint.table_route("/concordances", params=ConcordancesParams, row_schema=ConcordanceRow)
def list_concordances(parameters: dict[str, Any]) -> Response:
    """Concordance between two editions of a classification, by subheading.

    A row for each pair of codes with commodities in common, with the kind of their relation. Growth over a change of
    the edition compares commodities with the relations `1:1` and `n:1`; any other has the status `series_break`.
    """
    return respond(CONCORDANCES, parameters)

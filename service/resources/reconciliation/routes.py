"""GET /v1/reconciliation."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.reconciliation.schemas import ReconciliationParams, ReconciliationRow
from service.resources.reconciliation.service import RECONCILIATION

blueprint = Blueprint("reconciliation", __name__, url_prefix="/v1", description="Readings of one figure.")


@blueprint.table_route("/reconciliation", params=ReconciliationParams, row_schema=ReconciliationRow)
def list_readings(parameters: dict[str, Any]) -> Response:
    """Readings of one figure, which explain why the number of another site or text differs.

    A row for each other way to state the figure: vintages, exchange rates, datasets, exports without re-exports, the
    composition of a group, and the partner's own report. With `claimed` the rows are ordered by their distance to that
    figure.
    """
    return respond(RECONCILIATION, parameters)

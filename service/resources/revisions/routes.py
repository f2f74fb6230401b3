"""GET /v1/revisions."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.revisions.schemas import RevisionRow, RevisionsParams
from service.resources.revisions.service import REVISIONS

blueprint = Blueprint("revisions", __name__, url_prefix="/v1", description="Revisions of figures and of their growth.")


@blueprint.table_route("/revisions", params=RevisionsParams, row_schema=RevisionRow)
def list_revisions(parameters: dict[str, Any]) -> Response:
    """Revisions of figures and of their growth from release to release.

    A row for each day on which a figure or its growth was published or changed. Growth also changes by a revision of
    its base. Each row has the revision against the state before, and the mean and the largest revision of the series.
    """
    return respond(REVISIONS, parameters)

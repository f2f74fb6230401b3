"""GET /v1/revisions."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.revisions.schemas import RevisionRow, RevisionsParams
from service.resources.revisions.service import REVISIONS

blueprint = Blueprint("revisions", __name__, url_prefix="/v1", description="How were figures and their growth revised?")


@blueprint.table_route("/revisions", params=RevisionsParams, row_schema=RevisionRow)
def list_revisions(parameters: dict[str, Any]) -> Response:
    """How a figure and its growth changed from release to release.

    A row for each day on which a figure, or its growth by a revision of the base, became known or changed, with the
    revision over what was known before, and the mean and the largest revision of the series.
    """
    return respond(REVISIONS, parameters)

"""GET /v1/mirror."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.mirror.schemas import MirrorParams, MirrorRow
from service.resources.mirror.service import MIRROR

blueprint = Blueprint("mirror", __name__, url_prefix="/v1", description="Both sides' reports of one flow.")


@blueprint.table_route("/mirror", params=MirrorParams, row_schema=MirrorRow)
def list_mirror(parameters: dict[str, Any]) -> Response:
    """Mirror statistics: what both sides report of the same flow, and the gap between them.

    The reporter's exports to the partner beside the partner's imports from the reporter, or the other way round, in one
    currency, each with its growth, its valuation, its release and status. `latest` is the newest period that both have
    published. A side that is not there is said to be missing, and never zero. Single goods are compared where both
    sides report in one edition of a classification, all goods always.
    """
    return respond(MIRROR, parameters)

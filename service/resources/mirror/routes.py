"""GET /v1/mirror."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.mirror.schemas import MirrorParams, MirrorRow
from service.resources.mirror.service import MIRROR

blueprint = Blueprint("mirror", __name__, url_prefix="/v1", description="Mirror statistics of two countries.")


@blueprint.table_route("/mirror", params=MirrorParams, row_schema=MirrorRow)
def list_mirror_comparisons(parameters: dict[str, Any]) -> Response:
    """Mirror statistics: the reports of both countries on the same flow, and the gap between them.

    The reporter's exports to the partner are compared with the partner's imports from the reporter, or imports with
    exports. Both are in one currency, each with its growth, valuation, release and status. `latest` is the newest
    period that both have published. A side without figures is null with a status, never zero. Single commodities are
    compared where both sides report in one edition of a classification; totals are always compared.
    """
    return respond(MIRROR, parameters)

"""GET /v1/releases and /v1/releases/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.releases.schemas import OneReleaseParams, ReleaseRow, ReleasesParams
from service.resources.releases.service import RELEASE, RELEASES

blueprint = Blueprint("releases", __name__, url_prefix="/v1", description="What was published when, from which files?")
CODE_PARAMETER = "The release, as rows name it. | jpn-pc-m-demo-2024-02-28"


@blueprint.table_route("/releases", params=ReleasesParams, row_schema=ReleaseRow)
def list_releases(parameters: dict[str, Any]) -> Response:
    """Releases: what was published when, from which files, and whether it still counts.

    Each row of figures names its release. Nothing is ever deleted: `as_of` asks for what stood on a day, and a release
    that was withdrawn stays in the list with its day.
    """
    return respond(RELEASES, parameters)


@blueprint.table_route(
    "/releases/<code>", params=OneReleaseParams, row_schema=ReleaseRow, path_parameters={"code": CODE_PARAMETER}
)
def get_release(parameters: dict[str, Any], code: str) -> Response:
    """One release, with the files that it was made from.

    The sha256 of each file says from which bytes the figures are.
    """
    return respond(RELEASE, parameters | {"code": code})

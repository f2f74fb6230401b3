"""GET /v1/releases and /v1/releases/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.releases.schemas import OneReleaseParams, ReleaseRow, ReleasesParams
from service.resources.releases.service import RELEASE, RELEASES

blueprint = Blueprint("releases", __name__, url_prefix="/v1", description="Releases of figures, with dates and files.")
CODE_PARAMETER = "Code of the release, as in the column `release`. | jpn-pc-m-demo-2024-02-28"


@blueprint.table_route("/releases", params=ReleasesParams, row_schema=ReleaseRow)
def list_releases(parameters: dict[str, Any]) -> Response:
    """Releases of figures, with dates, files and state.

    Each row of figures names its release. Nothing is ever deleted: `as_of` returns the figures as known on a day, and
    a withdrawn release stays in the list with the day of its withdrawal.
    """
    return respond(RELEASES, parameters)


@blueprint.table_route(
    "/releases/<code>", params=OneReleaseParams, row_schema=ReleaseRow, path_parameters={"code": CODE_PARAMETER}
)
def get_release(parameters: dict[str, Any], code: str) -> Response:
    """One release, with its source files.

    The sha256 of each file identifies the exact bytes that the figures were read from.
    """
    return respond(RELEASE, parameters | {"code": code})

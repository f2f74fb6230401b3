"""GET /v1/releases and /v1/releases/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.list_response import keyed_list_response
from service.resources.releases.schemas import OneReleaseParams, ReleaseRow, ReleasesParams
from service.resources.releases.service import release_rows, single_release_rows

blueprint = Blueprint("releases", __name__, url_prefix="/v1", description="What was published when, from which files?")
CODE_PARAMETER = "The release, as rows name it. | jpn-pc-m-demo-2024-02-28"


@blueprint.table_route("/releases", params=ReleasesParams, row_schema=ReleaseRow)
def list_releases(parameters: dict[str, Any]) -> Response:
    """Releases: what was published when, from which files, and whether it still counts.

    Each row of figures names its release. Nothing is ever deleted: `as_of` asks for what stood on a day, and a release
    that was withdrawn stays in the list with its day.
    """
    asked = {name: parameters.get(name) for name in ("reporter", "dataset")}
    return keyed_list_response(lambda: release_rows(**asked), parameters, row_schema=ReleaseRow, key_column="release")


@blueprint.table_route(
    "/releases/<code>", params=OneReleaseParams, row_schema=ReleaseRow, path_parameters={"code": CODE_PARAMETER}
)
def get_release(parameters: dict[str, Any], code: str) -> Response:
    """One release, with the files that it was made from.

    The sha256 of each file says from which bytes the figures are.
    """
    return keyed_list_response(
        lambda: single_release_rows(code), parameters, row_schema=ReleaseRow, key_column="release"
    )

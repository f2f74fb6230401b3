"""GET /v1/releases and /v1/releases/{code}."""

from typing import Any

from flask import Response, request
from marshmallow import Schema

from service.api.blueprint import Blueprint
from service.api.contract.formats import FORMATS
from service.api.contract.responses import CACHED_HEADERS, DATA_ERRORS
from service.api.database.request_context import require_bulk_scope
from service.api.parameters.strict_parser import load_parameters
from service.api.responses.respond import respond
from service.resources.releases.file_service import FILE_FORMAT, RELEASE_FILE
from service.resources.releases.schemas import OneReleaseParams, ReleaseRow, ReleasesParams
from service.resources.releases.service import RELEASE, RELEASES

blueprint = Blueprint("releases", __name__, url_prefix="/v1", description="Releases of figures, with dates and files.")
IMMUTABLE = "public, max-age=31536000, immutable"
RELEASE_PARAMETER = "Code of the release, as in the column `release`. | jpn-pc-m-demo-2024-02-28"


@blueprint.table_route("/releases", params=ReleasesParams, row_schema=ReleaseRow)
def list_releases(parameters: dict[str, Any]) -> Response:
    """Releases of figures, with dates, files and state.

    Each row of figures names its release. Nothing is ever deleted: `as_of` returns the figures as known on a day, and
    a withdrawn release stays in the list with the day of its withdrawal.
    """
    return respond(RELEASES, parameters)


@blueprint.table_route(
    "/releases/<code>", params=OneReleaseParams, row_schema=ReleaseRow, path_parameters={"code": RELEASE_PARAMETER}
)
def get_release(parameters: dict[str, Any], code: str) -> Response:
    """One release, with its source files.

    The sha256 of each file identifies the exact bytes that the figures were read from.
    """
    return respond(RELEASE, parameters | {"code": code})


@blueprint.get_route(
    "/releases/<code>.parquet",
    {"type": "string", "contentMediaType": "application/vnd.apache.parquet"},
    description="The file.",
    media_type=FORMATS[FILE_FORMAT].media_type,
    problem_slugs=(*DATA_ERRORS, "not-found"),
    response_headers=(*CACHED_HEADERS, "Content-Disposition"),
    path_parameters={"code": RELEASE_PARAMETER},
)
def get_release_file(code: str) -> Response:
    """The figures of a release as they were published, as a Parquet file.

    The file never changes, so that caches may keep it. Later releases have files of their own.
    """
    load_parameters(Schema(), request.args)
    require_bulk_scope(FILE_FORMAT)
    response = respond(RELEASE_FILE, {"code": code}, format_name=FILE_FORMAT)
    response.headers["Content-Disposition"] = f'attachment; filename="{code}.{FILE_FORMAT}"'
    response.headers["Cache-Control"] = IMMUTABLE
    return response

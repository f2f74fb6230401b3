"""GET /v1/reporters and /v1/reporters/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.list_response import list_answer
from service.resources.reporters.schemas import ReporterRow, ReportersParams
from service.resources.reporters.service import coverage

blueprint = Blueprint(
    "reporters", __name__, url_prefix="/v1", description="What is loaded, until when, and from which source?"
)
CODE = "The reporter: ISO 3166-1 alpha-3, ISO2 or M49. | JPN"


@blueprint.answers("/reporters", params=ReportersParams, row=ReporterRow)
def list_reporters(parameters: dict[str, Any]) -> Response:
    """Who reports: one row for each dataset, with what it covers and its newest totals.

    The first and the newest period, the newest release, and all exports and imports of the newest period with their
    growth over the year before.
    """
    return list_answer(lambda: coverage(as_of=parameters.get("as_of")), parameters, row=ReporterRow, key="dataset")


@blueprint.answers(
    "/reporters/<code>",
    params=ReportersParams,
    row=ReporterRow,
    path={"code": CODE},
)
def get_reporter(parameters: dict[str, Any], code: str) -> Response:
    """One reporter: what is loaded of it, and its newest totals with their growth.

    A row for each of its datasets, as in the list of all reporters.
    """
    return list_answer(
        lambda: coverage(as_of=parameters.get("as_of"), reporter=code), parameters, row=ReporterRow, key="dataset"
    )

"""Health checks: liveness and readiness."""

from pathlib import Path

from flask import Response, current_app, jsonify
from marshmallow import Schema
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from service.api.blueprint import Blueprint
from service.api.contract.fields import integer_field, string_field, string_list_field
from service.api.database.request_context import current_context, current_database
from service.api.problems.handlers import problem_response
from service.api.problems.types import PROBLEM_TYPES
from service.db.diagnostics import connection_error_reason, schema_error
from service.models import Dataset, DataVersion, Release

DRAIN_FILE = "TRADEFLOWS_DRAIN_FILE"
"""Configuration key of the file whose presence means that the service is draining; null for none."""

blueprint = Blueprint("health", __name__, description="Health checks: liveness and readiness.")


class Liveness(Schema):
    """The body of /live."""

    status = string_field("Always `alive`.", "alive", required=True)


class Readiness(Schema):
    """The body of /ready."""

    status = string_field("Always `ready`; otherwise the response is a problem.", "ready", required=True)
    data_version = integer_field("Version of all data in the service; it moves with every load.", 17, required=True)
    releases = integer_field("How many releases are loaded.", 15, required=True)
    notes = string_list_field("Hints for the operator of the service; empty without any.", [], required=True)


@blueprint.get_route("/live", Liveness, description="The service runs.")
def get_live() -> Response:
    """Liveness of the process.

    It does not read the database. If it does not respond, the service may be restarted.
    """
    return jsonify(status="alive")


@blueprint.get_route(
    "/ready", Readiness, description="The service can answer.", problem_slugs=["unavailable", "timeout"]
)
def get_ready() -> Response:
    """Readiness of the service, and its loaded data.

    A 503 names the fault; a load balancer should send requests elsewhere meanwhile. Where the data are on several
    machines and one is lost, the service stays ready, and `notes` name the datasets that cannot be read.
    """
    mark: Path | None = current_app.config[DRAIN_FILE]
    if mark is not None and mark.exists():
        return problem_response(
            PROBLEM_TYPES["unavailable"], detail="The service is about to end. What it is asked meanwhile is answered."
        )
    try:
        return _readiness_response(current_context().session)
    except DBAPIError as error:
        reason = connection_error_reason(error)
        if reason is None:
            raise
        return problem_response(PROBLEM_TYPES["unavailable"], detail=f"The database is not available: {reason}.")


def _readiness_response(session: Session) -> Response:
    fault = schema_error(session.connection())
    if fault is not None:
        return problem_response(PROBLEM_TYPES["unavailable"], detail=fault)
    version = session.scalar(select(DataVersion.version))
    releases, unavailable = _count_releases(session)
    notes = [f"These datasets cannot be read, requests for others are answered: {', '.join(unavailable)}."] * bool(
        unavailable
    )
    notes += [] if releases or unavailable else ["Nothing is loaded: `tradeflows load`, or `tradeflows load demo`."]
    notes += current_database().servers.warnings
    return jsonify(status="ready", data_version=version or 0, releases=releases, notes=notes)


def _count_releases(session: Session) -> tuple[int, list[str]]:
    """Return the number of releases that can be read, and the codes of the datasets whose releases cannot.

    Where the data are distributed over several machines, one of them may be lost.
    """
    releases = select(func.count()).select_from(Release)
    try:
        with session.begin_nested():
            return session.scalar(releases) or 0, []
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
    count, unavailable = 0, []
    for dataset_id, code in session.execute(select(Dataset.id, Dataset.code).order_by(Dataset.code)).all():
        try:
            with session.begin_nested():
                count += session.scalar(releases.where(Release.dataset_id == dataset_id)) or 0
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            unavailable.append(code)
    return count, unavailable

"""Whether the service runs, and whether it can answer."""

from flask import Flask, Response, jsonify
from sqlalchemy import func, select

from service.api.problems import TYPES, problem
from service.api.store import current_session
from service.models import DataVersion, Release


def init_health(app: Flask) -> None:
    """Serve /live and /ready."""
    app.add_url_rule("/live", "live", _live)
    app.add_url_rule("/ready", "ready", _ready)


def _live() -> Response:
    return jsonify(status="alive")


def _ready() -> Response:
    session = current_session()
    version = session.scalar(select(DataVersion.version))
    releases = session.scalar(select(func.count()).select_from(Release))
    if version is None:
        return problem(TYPES["unavailable"], detail="The schema is there, but its data version is missing: migrate.")
    return jsonify(status="ready", data_version=version, releases=releases)

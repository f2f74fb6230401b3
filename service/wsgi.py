"""What gunicorn loads: the application, its engine made in the worker."""

import logging
import sys

from flask import Flask

from service.api.observability.access_log import JsonLines
from service.api.observability.tracing_setup import init_traces
from service.api.overload.admission_control import DOOR, Admission
from service.app import create_app
from service.config import settings_from
from service.db.engine import servers_for
from service.errors import SettingsError

SWITCH_S = 0.0005
"""How long a thread of Python computes before another that waits may go on: a tenth of what is usual, so that a request
is read and turned away, or a row of the database taken, while others are being answered."""


def application() -> Flask:
    """Return the application that the environment describes, its log going to standard error as lines of JSON.

    :raises SettingsError: DATABASE_URL is not set.
    """
    sys.setswitchinterval(SWITCH_S)
    settings = settings_from()
    if settings.database_url is None:
        raise SettingsError("DATABASE_URL is not set; `tradeflows serve` starts a database of its own")
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    app = create_app(
        servers_for(settings, url=settings.database_url),
        answer_cache_mb=settings.answer_cache_mb,
        hot_reads=settings.hot_reads and settings.prepared,
        access=settings.access,
        drain_mark=settings.drain_mark,
    )
    admission = Admission(app.wsgi_app, at_once=settings.pool_size, wait_s=settings.pool_timeout_s)
    app.extensions[DOOR] = admission.door
    app.wsgi_app = admission  # type: ignore[method-assign] # as Flask's documents have it
    init_traces(app)
    return app

"""The WSGI application that the HTTP server loads. Each worker process creates database engines of its own."""

import sys

from flask import Flask

from service.api.observability.access_log import init_logging
from service.api.observability.tracing_setup import init_tracing
from service.api.overload.admission_control import AdmissionControl
from service.api.overload.request_deadline import RequestDeadline
from service.app import create_app
from service.config import load_settings
from service.db.engine import create_replica_set
from service.errors import SettingsError

REQUEST_DATABASE_TIMEOUTS = 2
"""Deadline of a request, as a multiple of `database_timeout_s`: the time limit for a silent database server."""
THREAD_SWITCH_INTERVAL_S = 0.0005
"""The switch interval of Python's threads, a tenth of the default. A thread that reads a request or a row waits less
while other threads compute."""


def application() -> Flask:
    """Return the application, configured by the environment variables. It logs to standard error.

    :raises SettingsError: DATABASE_URL is not set, or a setting is invalid.
    """
    sys.setswitchinterval(THREAD_SWITCH_INTERVAL_S)
    settings = load_settings()
    if settings.database_url is None:
        raise SettingsError("DATABASE_URL is not set; `tradeflows serve` starts a database of its own")
    init_logging(log_format=settings.log_format, log_level=settings.log_level)
    app = create_app(
        create_replica_set(settings, url=settings.database_url),
        response_cache_mb=settings.response_cache_mb,
        prepare_statements=settings.prepared_statements,
        access=settings.access,
        drain_file=settings.drain_file,
    )
    bounded = RequestDeadline(app.wsgi_app, max_request_s=REQUEST_DATABASE_TIMEOUTS * settings.database_timeout_s)
    app.wsgi_app = AdmissionControl(  # type: ignore[method-assign] # as Flask's documents have it
        bounded, max_queue_s=settings.pool_timeout_s
    )
    init_tracing(app)
    return app

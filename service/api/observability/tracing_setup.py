"""Set-up of traces by the environment variables of OpenTelemetry. Without them, none of its packages is imported."""

import os
from collections.abc import Mapping

from flask import Flask

from service.errors import SettingsError

ENDPOINT_VARIABLES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def init_tracing(app: Flask, environment: Mapping[str, str] = os.environ) -> None:
    """Trace the requests of `app` and their statements if `environment` names an endpoint for traces.

    All other WSGI middleware must have been added before.

    :raises SettingsError: there is an endpoint, but the optional packages for tracing are not installed.
    """
    if not is_tracing_enabled(environment):
        return
    try:
        from service.api.observability.tracing import instrument_app  # noqa: PLC0415 - imported only where it is wanted
    except ImportError as error:
        raise SettingsError(
            f"traces are wanted, but {error.name} is not installed: install tradeflows[telemetry]"
        ) from error
    instrument_app(app)


def is_tracing_enabled(environment: Mapping[str, str]) -> bool:
    """Return whether `environment` names an endpoint for traces and does not disable tracing."""
    is_disabled = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    has_no_exporter = environment.get("OTEL_TRACES_EXPORTER", "otlp") == "none"
    return any(environment.get(name) for name in ENDPOINT_VARIABLES) and not is_disabled and not has_no_exporter

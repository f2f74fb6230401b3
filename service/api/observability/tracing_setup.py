"""Whether traces are wanted: OpenTelemetry's own settings say so. Where not, none of its packages is imported."""

import os
from collections.abc import Mapping

from flask import Flask

from service.errors import SettingsError

ENDPOINT_VARIABLES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def init_tracing(app: Flask, environment: Mapping[str, str] = os.environ) -> None:
    """Trace the requests of `app`, and the statements they make, where `environment` says where to send that.

    To be called after all else that wraps the application.

    :raises SettingsError: it says so, and the packages are not there.
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
    """Return whether an address is set to send traces to, and they are not switched off."""
    is_off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    to_nobody = environment.get("OTEL_TRACES_EXPORTER", "otlp") == "none"
    return any(environment.get(name) for name in ENDPOINT_VARIABLES) and not is_off and not to_nobody

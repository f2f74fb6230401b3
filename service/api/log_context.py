"""Fields of the current request for the access log and the metrics, such as row count, releases and cache hit."""

from typing import Any

from flask import g


def add_log_fields(**fields: Any) -> None:
    """Add fields to the log entry of the current request."""
    g.setdefault("log_fields", {}).update(fields)


def log_fields() -> dict[str, Any]:
    """Return the fields of the log entry of the current request that are known so far."""
    fields: dict[str, Any] = g.get("log_fields", {})
    return fields

"""Fields of the current request for the access log and the metrics, such as row count, releases and cache hit."""

from collections.abc import Mapping
from typing import Any

from flask import g


def add_log_fields(**fields: Any) -> None:
    """Add fields to the log entry of the current request."""
    log_fields().update(fields)


def log_fields() -> dict[str, Any]:
    """Return the fields of the log entry of the current request that are known so far."""
    fields: dict[str, Any] = g.setdefault("log_fields", {})
    return fields


def cacheable_log_fields() -> Mapping[str, Any]:
    """Return the log fields that hold whenever the same response is sent from the cache."""
    fields = log_fields()
    return {name: fields[name] for name in ("row_count", "releases") if name in fields}

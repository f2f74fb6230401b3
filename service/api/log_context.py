"""Fields of the current request for the access log and the metrics, such as row count, releases and cache hit."""

from collections.abc import Mapping
from typing import Any

from flask import g


def add_log_fields(**fields: Any) -> None:
    """Add fields to the log entry of the current request."""
    log_fields().update(fields)


def log_release(code: str) -> None:
    """Add a release to the log entry of the current request."""
    releases = log_fields().setdefault("releases", [])
    if code not in releases:
        releases.append(code)


def log_fields() -> dict[str, Any]:
    """Return the fields of the log entry of the current request that are known so far."""
    fields: dict[str, Any] = g.setdefault("log_fields", {})
    return fields


def cacheable_log_fields() -> Mapping[str, Any]:
    """Return the log fields that hold whenever the same response is sent from the cache."""
    return {name: log_fields()[name] for name in ("row_count", "releases") if name in log_fields()}

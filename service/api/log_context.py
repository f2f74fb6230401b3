"""What the log and the metrics tell of an answer beside its status: its rows, of which releases, and whence it came."""

from collections.abc import Mapping
from typing import Any

from flask import g


def add_log_fields(**fields: Any) -> None:
    """Remember facts of the answer to this request."""
    log_fields().update(fields)


def log_release(code: str) -> None:
    """Remember that the answer is of a release."""
    releases = log_fields().setdefault("releases", [])
    if code not in releases:
        releases.append(code)


def log_fields() -> dict[str, Any]:
    """Return the facts of the answer to this request that are known so far."""
    facts: dict[str, Any] = g.setdefault("facts", {})
    return facts


def cacheable_log_fields() -> Mapping[str, Any]:
    """Return those facts that hold for every time the same answer is given."""
    return {name: log_fields()[name] for name in ("rows", "releases") if name in log_fields()}

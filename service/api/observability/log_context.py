"""What the log and the metrics tell of an answer beside its status: its rows, of which releases, and whence it came."""

from collections.abc import Mapping
from typing import Any

from flask import g


def note(**facts: Any) -> None:
    """Remember facts of the answer to this request."""
    noted().update(facts)


def note_release(code: str) -> None:
    """Remember that the answer is of a release."""
    releases = noted().setdefault("releases", [])
    if code not in releases:
        releases.append(code)


def noted() -> dict[str, Any]:
    """Return the facts of the answer to this request that are known so far."""
    facts: dict[str, Any] = g.setdefault("facts", {})
    return facts


def to_be_kept() -> Mapping[str, Any]:
    """Return those facts that hold for every time the same answer is given."""
    return {name: noted()[name] for name in ("rows", "releases") if name in noted()}

"""ETags of plans, computed before the figures are read."""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import msgspec

SERVICE_VERSION = version("tradeflows")


def plan_etag(plan_key: Sequence[Any], *, data_version: int) -> str:
    """Return the strong ETag of an uncompressed response, from its plan, the service's version and the data version."""
    plan_json = msgspec.json.encode((SERVICE_VERSION, data_version, plan_key))
    return hashlib.sha256(plan_json).hexdigest()[:32]

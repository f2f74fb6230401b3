"""ETags of plans: known before the query for figures is sent."""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import msgspec

SERVICE_VERSION = version("tradeflows")


def plan_etag(plan_key: Sequence[Any], *, data_version: int) -> str:
    """Return the strong ETag of an uncompressed response, from its plan, the service's version and the data version."""
    encoded = msgspec.json.encode((SERVICE_VERSION, data_version, plan_key))
    return hashlib.sha256(encoded).hexdigest()[:32]

"""ETags of plans, computed before the figures are read."""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from service.api.caching.build import BUILD_DIGEST
from service.domain.data_state import DataState


def plan_etag(plan_key: Sequence[Any], *, data_state: DataState, build_digest: str = BUILD_DIGEST) -> str:
    """Return the strong ETag of an uncompressed response, from its plan, the build of the service and the data."""
    plan_json = msgspec.json.encode((build_digest, data_state, plan_key))
    return hashlib.sha256(plan_json).hexdigest()[:32]

"""ETags made before any query from the data version and the canonical request, and 304 where they match."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.metadata import version

from flask import Response, request

ORDER_MATTERS = {"sort"}
VARY = "Accept, Accept-Encoding"
SERVICE_VERSION = version("tradeflows")


def canonical_query() -> str:
    """Return the query with its parameters, and the members of its lists, in one order."""
    parts = []
    for name in sorted(request.args):
        text = request.args[name]
        members = [member.strip() for member in text.split(",")]
        parts.append(f"{name}={text if name in ORDER_MATTERS else ','.join(sorted(set(members)))}")
    return "&".join(parts)


def cached(make: Callable[[], Response], *, data_version: int, form: str, as_of: date | None = None) -> Response:
    """Return the answer that `make` makes, tagged; only 304 where the client holds it already, weak or strong.

    The tag is known before `make` is called, from the version of the data and of the service and the request.
    An answer pinned to a past day may be kept for ever.
    """
    named = f"{SERVICE_VERSION} {data_version} {request.path}?{canonical_query()} {form}"
    etag = hashlib.sha256(named.encode()).hexdigest()[:32]
    response = Response(status=304) if request.if_none_match.contains_weak(etag) else make()
    pinned = as_of is not None and as_of < datetime.now(UTC).date()
    response.set_etag(etag)
    response.headers["Vary"] = VARY
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if pinned else "public, no-cache"
    return response

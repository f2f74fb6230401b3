"""Tags made before any query from the version of the data and the request; an answer that was given before is kept."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.metadata import version
from urllib.parse import urlencode

from flask import Response, request
from sqlalchemy.exc import DBAPIError

from service.api.answers import Kept, current_answers
from service.api.compression import coding_asked, compress
from service.api.facts import note, to_be_kept
from service.api.store import current_reference, current_store, forget_reference, server_is_lost
from service.errors import DataMoved, SourceUnavailable

ATTEMPTS = 3
"""How often an answer is made while the data change."""
ORDER_MATTERS = {"sort", "search"}
VARY = "Accept, Accept-Encoding"
SERVICE_VERSION = version("tradeflows")


def canonical_arguments() -> dict[str, str]:
    """Return the query's parameters, and the members of their lists, in one order."""
    return {name: text if name in ORDER_MATTERS else _sorted(text) for name, text in sorted(request.args.items())}


def _sorted(text: str) -> str:
    return ",".join(sorted({member.strip() for member in text.split(",")}))


def written(arguments: dict[str, str]) -> str:
    """Return `arguments` as they stand in an address."""
    return urlencode(arguments, safe=",.:")


def cached(make: Callable[[], Response], *, form: str, as_of: date | None = None) -> Response:
    """Return the answer that `make` makes, tagged; only 304 where the client holds it already, weak or strong.

    The tag is known before `make` is called, from the version of the data and of the service and the request. Each
    coding of the body has a tag of its own. An answer pinned to a past day may be kept for ever. Where the data change
    while it is made, it is made again: no answer mixes two states of them; and so it is where the server is lost that
    it is made from, and there are others.

    :raises SourceUnavailable: the data change faster than the answer is made.
    """
    for _ in range(ATTEMPTS):
        try:
            response = _tagged(make, data_version=current_reference().version, form=form)
        except DataMoved:
            forget_reference()
            continue
        except DBAPIError as error:
            if not server_is_lost(error):
                raise
            forget_reference()
            continue
        pinned = as_of is not None and as_of < datetime.now(UTC).date()
        response.headers["Vary"] = VARY
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if pinned else "public, no-cache"
        return response
    raise SourceUnavailable("the data changed while the answer was made, each time that it was tried")


def _tagged(make: Callable[[], Response], *, data_version: int, form: str) -> Response:
    named = f"{SERVICE_VERSION} {data_version} {request.path}?{written(canonical_arguments())} {form}"
    plain = hashlib.sha256(named.encode()).hexdigest()[:32]
    coding = coding_asked()
    tag = f"{plain}:{coding}" if coding else plain
    held = next(filter(request.if_none_match.contains_weak, (tag, plain)), None)
    note(data_version=data_version, releases=[], cache="client" if held else None)
    response = Response(status=304) if held else _kept_or_made(tag, make, data_version=data_version, coding=coding)
    response.set_etag(held or tag)
    return response


def _kept_or_made(tag: str, make: Callable[[], Response], *, data_version: int, coding: str | None) -> Response:
    answers = current_answers()
    kept = answers.get(tag)
    note(cache="miss" if kept is None else "hit")
    if kept is not None:
        note(**kept.facts)
        return Response(kept.body, headers=kept.headers)
    response = make()
    if response.is_streamed:
        return compress(response, coding)
    if current_store().version() != data_version:
        raise DataMoved
    response = compress(response, coding)
    if response.status_code == 200:
        body = response.get_data()
        answers.keep(tag, Kept(data_version, tuple(response.headers), body, to_be_kept()), size=len(body))
    return response

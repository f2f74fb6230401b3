"""Tags made before any query from the version of the data and the request; an answer that was given before is kept."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from importlib.metadata import version
from urllib.parse import quote_plus

from flask import Response, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.api.caching.response_cache import Kept, current_answers
from service.api.database.request_context import (
    assume_version,
    current_reference,
    forget_reference,
    server_is_lost,
    version_read,
)
from service.api.http.compression import coding_asked, compress
from service.api.observability.log_context import note, to_be_kept
from service.errors import DataMoved, SourceUnavailable

ATTEMPTS = 3
"""How often an answer is made while the data change."""
ORDER_MATTERS = {"sort", "search"}
VARY = "Accept, Accept-Encoding"
SERVICE_VERSION = version("tradeflows")
_ARGUMENTS = "tradeflows.arguments"
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9_.~,:-]*", re.ASCII).fullmatch


def canonical_arguments() -> Mapping[str, str]:
    """Return the query's parameters, and the members of their lists, in one order; worked out once for a request."""
    known: Mapping[str, str] | None = request.environ.get(_ARGUMENTS)
    if known is None:
        given = sorted(request.args.items())
        known = {name: text if name in ORDER_MATTERS else _sorted(text) for name, text in given}
        request.environ[_ARGUMENTS] = known
    return known


def _sorted(text: str) -> str:
    return ",".join(sorted({member.strip() for member in text.split(",")})) if "," in text else text.strip()


def written(arguments: Mapping[str, str]) -> str:
    """Return `arguments` as they stand in an address."""
    return "&".join(f"{_quoted(name)}={_quoted(text)}" for name, text in arguments.items())


def _quoted(text: str) -> str:
    return text if _NEEDS_NO_QUOTES(text) else quote_plus(text, safe=",.:")


def cached(make: Callable[[], Response], *, form: str, as_of: date | None = None) -> Response:
    """Return the answer that `make` makes, tagged; only 304 where the client holds it already, weak or strong.

    The tag is known before `make` is called, from the version of the data and of the service and the request. Each
    coding of the body has a tag of its own. An answer pinned to a past day may be kept for ever. The first attempt
    takes the data to be of the version that they were last; which they are is asked once, when there is an answer.
    Where they have changed by then it is made again: no answer mixes two states of them; and so it is where the server
    is lost that it is made from, and there are others.

    :raises SourceUnavailable: the data change faster than the answer is made.
    """
    assume_version()
    for _ in range(ATTEMPTS):
        try:
            response = _of_now(make, form=form)
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


def _of_now(make: Callable[[], Response], *, form: str) -> Response:
    """Return the answer, tagged; whether it is of the data as they are now is asked last, also where it is an error.

    :raises DataMoved: it is not.
    """
    data_version = current_reference().version
    try:
        response = _tagged(make, data_version=data_version, form=form)
    except (DBAPIError, PoolTimeout):
        raise
    except Exception:
        if version_read() != data_version:
            raise DataMoved from None
        raise
    if version_read() != data_version:
        raise DataMoved
    return response


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
    response = compress(response, coding)
    if response.status_code == 200 and not response.is_streamed and version_read() == data_version:
        body = response.get_data()
        answers.keep(tag, Kept(data_version, tuple(response.headers), body, to_be_kept()), size=len(body))
    return response

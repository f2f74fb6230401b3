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

from service.api.caching.response_cache import CachedResponse, current_response_cache
from service.api.database.request_context import (
    assume_last_version,
    can_fail_over,
    current_reference,
    read_data_version,
    reset_reference,
)
from service.api.http.compression import compress, preferred_coding
from service.api.observability.log_context import add_log_fields, cacheable_log_fields
from service.errors import DataChanged, SourceUnavailable

MAX_ATTEMPTS = 3
"""How often an answer is made while the data change."""
ORDERED_PARAMETERS = {"sort", "search"}
VARY = "Accept, Accept-Encoding"
SERVICE_VERSION = version("tradeflows")
_ARGUMENTS_KEY = "tradeflows.arguments"
_MATCH_UNRESERVED = re.compile(r"[A-Za-z0-9_.~,:-]*", re.ASCII).fullmatch


def canonical_arguments() -> Mapping[str, str]:
    """Return the query's parameters, and the members of their lists, in one order; worked out once for a request."""
    known: Mapping[str, str] | None = request.environ.get(_ARGUMENTS_KEY)
    if known is None:
        given = sorted(request.args.items())
        known = {name: text if name in ORDERED_PARAMETERS else _sort_members(text) for name, text in given}
        request.environ[_ARGUMENTS_KEY] = known
    return known


def _sort_members(text: str) -> str:
    return ",".join(sorted({member.strip() for member in text.split(",")})) if "," in text else text.strip()


def query_string(arguments: Mapping[str, str]) -> str:
    """Return `arguments` as they stand in an address."""
    return "&".join(f"{_quote(name)}={_quote(text)}" for name, text in arguments.items())


def _quote(text: str) -> str:
    return text if _MATCH_UNRESERVED(text) else quote_plus(text, safe=",.:")


def conditional_response(
    build_response: Callable[[], Response], *, format_name: str, as_of: date | None = None
) -> Response:
    """Return the answer that `make` makes, tagged; only 304 where the client holds it already, weak or strong.

    The tag is known before `make` is called, from the version of the data and of the service and the request. Each
    coding of the body has a tag of its own. An answer pinned to a past day may be kept for ever. The first attempt
    takes the data to be of the version that they were last; which they are is asked once, when there is an answer.
    Where they have changed by then it is made again: no answer mixes two states of them; and so it is where the server
    is lost that it is made from, and there are others.

    :raises SourceUnavailable: the data change faster than the answer is made.
    """
    assume_last_version()
    for _ in range(MAX_ATTEMPTS):
        try:
            response = _consistent_response(build_response, format_name=format_name)
        except DataChanged:
            reset_reference()
            continue
        except DBAPIError as error:
            if not can_fail_over(error):
                raise
            reset_reference()
            continue
        pinned = as_of is not None and as_of < datetime.now(UTC).date()
        response.headers["Vary"] = VARY
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if pinned else "public, no-cache"
        return response
    raise SourceUnavailable("the data changed while the answer was made, each time that it was tried")


def _consistent_response(build_response: Callable[[], Response], *, format_name: str) -> Response:
    """Return the answer, tagged; whether it is of the data as they are now is asked last, also where it is an error.

    :raises DataMoved: it is not.
    """
    data_version = current_reference().version
    try:
        response = _response_with_etag(build_response, data_version=data_version, format_name=format_name)
    except (DBAPIError, PoolTimeout):
        raise
    except Exception:
        if read_data_version() != data_version:
            raise DataChanged from None
        raise
    if read_data_version() != data_version:
        raise DataChanged
    return response


def _response_with_etag(build_response: Callable[[], Response], *, data_version: int, format_name: str) -> Response:
    named = f"{SERVICE_VERSION} {data_version} {request.path}?{query_string(canonical_arguments())} {format_name}"
    plain = hashlib.sha256(named.encode()).hexdigest()[:32]
    coding = preferred_coding()
    tag = f"{plain}:{coding}" if coding else plain
    held = next(filter(request.if_none_match.contains_weak, (tag, plain)), None)
    add_log_fields(data_version=data_version, releases=[], cache="client" if held else None)
    response = (
        Response(status=304)
        if held
        else _cached_or_new_response(tag, build_response, data_version=data_version, coding=coding)
    )
    response.set_etag(held or tag)
    return response


def _cached_or_new_response(
    tag: str, build_response: Callable[[], Response], *, data_version: int, coding: str | None
) -> Response:
    answers = current_response_cache()
    kept = answers.get(tag)
    add_log_fields(cache="miss" if kept is None else "hit")
    if kept is not None:
        add_log_fields(**kept.log_fields)
        return Response(kept.body, headers=kept.headers)
    response = build_response()
    response = compress(response, coding)
    if response.status_code == 200 and not response.is_streamed and read_data_version() == data_version:
        body = response.get_data()
        answers.put(
            tag,
            CachedResponse(data_version, tuple(response.headers), body, cacheable_log_fields()),
            size_bytes=len(body),
        )
    return response

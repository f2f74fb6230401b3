"""The service's own answers, for what is made of several of them: the numbers anybody gets for the same link."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import current_app

from service.api.database.request_context import release_session
from service.api.observability.access_log import INTERNAL_REQUEST
from service.api.serialization.formats import JSON
from service.errors import InvalidRequest, NotFound, ParameterError, SourceUnavailable


def link_to(path: str, question: Mapping[str, str | None]) -> str:
    """Return the address that asks `question` of `path`; parameters that are null are left out."""
    asked = {name: value for name, value in question.items() if value is not None}
    return f"{path}?{urlencode(asked, safe=',.:')}" if asked else path


def own_answer(address: str) -> dict[str, Any]:
    """Return the envelope that GET of `address` gives.

    The database session of the request that asks goes back to the pool meanwhile: an answer needs one of its own.

    :raises InvalidRequest: the service refuses a parameter of it.
    :raises NotFound: there is nothing at that address.
    :raises SourceUnavailable: the database does not answer, or not in time.
    """
    release_session()
    with current_app.test_request_context(
        address, headers={"Accept": JSON}, environ_overrides={INTERNAL_REQUEST: True}
    ):
        response = current_app.full_dispatch_request()
    body: dict[str, Any] = msgspec.json.decode(response.get_data())
    if response.status_code == 404:
        raise NotFound(body["detail"])
    if response.status_code == 422:
        raise InvalidRequest(*(ParameterError(**error) for error in body["errors"]))
    if response.status_code in {503, 504}:
        raise SourceUnavailable(body["detail"])
    if response.status_code != 200:
        raise RuntimeError(f"{address} was answered with {response.status_code}: {body.get('detail')}")
    return body

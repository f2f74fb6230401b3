"""The path from an HTTP request to its response.

A request is validated, which makes a plan, and the plan determines the ETag. If neither the client nor the cache has
the response, the plan is executed and its result is rendered.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from flask import Response, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.api.caching.response_cache import CachedResponse, current_response_cache, plan_etag
from service.api.contract.formats import BARE_ROW_FORMATS, negotiate_format
from service.api.database.context import Context
from service.api.database.request_context import current_context, require_bulk_scope
from service.api.log_context import add_log_fields
from service.api.parameters.request import PRESENTATION_PARAMETERS, DataRequest, build_url, canonical_query
from service.api.parameters.strict_parser import UNKNOWN_REASON, joined_arguments, pop_parameter_errors
from service.api.responses.rendering import json_response, render_result
from service.api.responses.resource import Plan, Resource, add_default_frequency
from service.api.responses.table_resource import TableResource
from service.api.serialization.compression import compress, preferred_coding
from service.errors import InvalidRequest, RequestTooLarge, UnknownPathCode

CODE_PARAMETERS = {"partners": "partner", "commodities": "commodity"}
"""Query parameters that stand for the code at the end of a path."""
VARY = "Accept, Accept-Encoding"
CACHE_CONTROL = "public, no-cache"
"""Caches may store a response and revalidate it each time: a release of a past day can be loaded at any time."""
Render = Callable[[Context, Any, str], Response]


def respond(
    resource: Resource[Any, Any],
    parameters: Mapping[str, Any],
    *,
    render: Render = render_result,
    format_name: str | None = None,
) -> Response:
    """Return the response to the current HTTP request, with rows or a document of `resource`.

    The response is of one state of the data. It is made again if the data change meanwhile, or if the server that it is
    read from is lost and another one can take over. `parameters` are the typed parameters of the request.

    :raises NotAcceptable: the client accepts no format of the resource.
    :raises InsufficientScope: the API key does not allow a format that has all rows at once.
    :raises SourceUnavailable: the data change faster than the response can be made.
    """
    data_request = DataRequest(request.path, canonical_query(joined_arguments(request.args)), parameters)
    parameter_errors = pop_parameter_errors()
    if format_name is None:
        format_name = negotiate_format(parameters.get("format"), supported_formats=resource.formats)
        if format_name in BARE_ROW_FORMATS:
            require_bulk_scope(format_name)
        if format_name == "html" and isinstance(resource, TableResource) and not parameter_errors:
            return _redirect_to_explorer(data_request)
    context = current_context()
    context.assume_last_reference()

    def make_response(context: Context) -> Response:
        if parameter_errors:
            raise _complete_errors(InvalidRequest(*parameter_errors), context, resource, data_request)
        try:
            plan = resource.plan(context, add_default_frequency(context, data_request), format_name)
            return _conditional_response(context, resource, plan, render)
        except InvalidRequest as error:
            raise _complete_errors(error, context, resource, data_request) from error

    response = context.read_consistently(make_response)
    response.headers["Vary"], response.headers["Cache-Control"] = VARY, CACHE_CONTROL
    return _select_range(response)


def _select_range(response: Response) -> Response:
    """Return the requested range of bytes of a response of known size; other responses unchanged.

    :raises RequestedRangeNotSatisfiable: the range is outside of the response.
    """
    if response.status_code != HTTPStatus.OK or response.is_streamed or response.content_encoding:
        return response
    response.headers["Accept-Ranges"] = "bytes"
    if "Range" in request.headers:
        response.make_conditional(request, accept_ranges=True, complete_length=len(response.get_data()))
    return response


def respond_uncached(context: Context, load_body: Callable[[Context], Mapping[str, Any]]) -> Response:
    """Return the JSON response to a request with a body. Neither the client nor the service stores it.

    It is of one data version, at which `load_body` returns the members of the response.

    :raises SourceUnavailable: the data change faster than the response can be made.
    """
    body = context.read_consistently(load_body)
    add_log_fields(data_version=context.reference.state.version, releases=[], cache=None)
    response = json_response(body)
    response.headers["Cache-Control"] = "no-store"
    return response


def _redirect_to_explorer(data_request: DataRequest) -> Response:
    """Return the redirection to the page of a request for figures, whose view is the last part of the path."""
    query = {name: text for name, text in data_request.query.items() if name != "format"}
    view, *codes = data_request.path.split("/")[2:]
    code = {CODE_PARAMETERS[view]: codes[0]} if codes else {}
    response = Response(status=303)
    response.headers["Location"] = build_url("/explore", {"view": view, **query, **code})
    response.headers["Vary"] = VARY
    return response


def _complete_errors(
    error: InvalidRequest, context: Context, resource: Resource[Any, Any], data_request: DataRequest
) -> InvalidRequest:
    """Return the exception with all errors of a request; without a database, with those that are known already.

    An unknown code in the path means that there is no such resource.
    """
    valid_names = {*data_request.parameters, *PRESENTATION_PARAMETERS}
    is_complete = all(
        each.parameter in valid_names or each.reason.startswith(UNKNOWN_REASON) for each in error.parameter_errors
    )
    with suppress(DBAPIError, PoolTimeout):
        data_request = add_default_frequency(context, data_request)
        error = error.combine(resource.parameter_errors(context, data_request, is_complete=is_complete))
    if error.problem_slug == RequestTooLarge.problem_slug:
        return error
    path_values = set((request.view_args or {}).values())
    if any(each.value in path_values for each in error.parameter_errors):
        return UnknownPathCode(*error.parameter_errors)
    return error


def _conditional_response(context: Context, resource: Resource[Any, Any], plan: Plan, render: Render) -> Response:
    """Return the response to a plan: 304 where the client has it, else from the cache, else executed."""
    coding = preferred_coding()
    etag = plan_etag(plan.key, data_state=context.reference.state)
    coded_etag = f"{etag}:{coding}" if coding else etag
    client_etag = next(filter(request.if_none_match.contains_weak, (coded_etag, etag)), None)
    add_log_fields(
        data_version=context.reference.state.version, releases=[], cache="not_modified" if client_etag else None
    )
    if client_etag:
        response = Response(status=304)
    else:
        cached_response: CachedResponse | None = current_response_cache().get(coded_etag)
        if cached_response is None:
            response = _new_response(context, resource, plan, render, coded_etag, coding)
        else:
            add_log_fields(cache="hit", **cached_response.log_fields)
            response = Response(cached_response.body, headers=cached_response.headers)
    response.set_etag(client_etag or coded_etag)
    return response


def _new_response(
    context: Context, resource: Resource[Any, Any], plan: Plan, render: Render, etag: str, coding: str | None
) -> Response:
    result = resource.execute(context, plan)
    response = compress(render(context, result, plan.format_name), coding)
    log_fields = {"releases": list(context.releases), "row_count": getattr(result, "row_count", None)}
    add_log_fields(cache="miss", **log_fields)
    if response.status_code == 200 and not response.is_streamed:
        context.check_consistency()
        body = response.get_data()
        cached_response = CachedResponse(context.reference.state, tuple(response.headers), body, log_fields)
        current_response_cache().put(etag, cached_response, size_bytes=len(body))
    return response

"""From a request to its answer: what is asked for, whether the client has it already, the rows, the envelope."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import starmap
from typing import Any

from flask import Response
from marshmallow import Schema
from sqlalchemy import func, select

from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Order, Page
from service.api.caching.etags import conditional_response
from service.api.database.prepared_queries import QueryBuilder
from service.api.database.request_context import (
    current_database,
    current_reference,
    current_session,
    set_read_data_version,
)
from service.api.pagination.cursors import canonical_url, next_page_url, requested_page
from service.api.resolution.reference_data import Reference
from service.api.resolution.residual_checks import check_single_period
from service.api.resolution.resolver import RequestResolver, ResolvedRequest
from service.api.responses.export_response import export_query, export_rows
from service.api.responses.query_result import QueryResult, project_rows, selected_columns, sortable_columns
from service.api.serialization.column_cache import cached_columns
from service.api.serialization.formats import BARE_ROW_FORMATS, json_response, negotiate_format
from service.api.serialization.metadata import response_metadata
from service.api.serialization.row_structs import marshmallow_serializer, struct_factory
from service.errors import InvalidRequest, ParameterError, RequestTooLarge

ResidualQuery = Callable[[ResolvedRequest], QueryBuilder]


@dataclass(frozen=True)
class TableResource:
    """What a resource gives: rows of a schema, from a query, in an order of its own.

    The columns of `own_order` and of `key_order` must each be unique together. `labels` tells whether names
    come with the codes when the request does not say. `most_series` bounds how many series one answer is computed from;
    null for a resource that reads only the rows of its page. `is_parameterizable` tells that `query` depends on
    nothing but what
    it is given, so that it need not be built again for another question of the same shape.
    """

    row_schema: type[Schema]
    query: QueryBuilder
    default_order: tuple[Order, ...]
    key_order: tuple[Order, ...]
    default_labels: bool = False
    max_series: int | None = None
    is_parameterizable: bool = False


def table_response(
    resource: TableResource, parameters: Mapping[str, Any], *, residual_query: ResidualQuery | None = None
) -> Response:
    """Return the rows of `table` that the request asks for.

    `whole` gives the query that a request with `rest` is answered by, whose rows are all of them: there are no pages.
    """
    form = negotiate_format(parameters.get("format"))
    return conditional_response(
        lambda: _build_response(resource, parameters, form, residual_query if parameters.get("rest") else None),
        format_name=form,
        as_of=parameters.get("as_of"),
    )


def _build_response(
    resource: TableResource, parameters: Mapping[str, Any], format_name: str, residual_query: ResidualQuery | None
) -> Response:
    reference = current_reference()
    names = selected_columns(
        resource.row_schema, parameters.get("fields"), labels=parameters.get("labels", resource.default_labels)
    )
    resolved = RequestResolver(current_session(), reference, parameters).resolve()
    _check_series_count(resource, resolved)
    page = requested_page(
        parameters,
        default_order=resource.default_order,
        key_order=resource.key_order,
        sortable_columns=sortable_columns(resource.row_schema),
        data_version=reference.version,
        is_unlimited=format_name in BARE_ROW_FORMATS,
    )
    if residual_query is not None:
        resource, page = _add_residual(resource, resolved, page, residual_query)
    columns = cached_columns(resolved, reference, resource.row_schema, names)
    if page.limit is None and resolved.scope is not None and not resolved.empty_reason:
        query = resource.query(resolved.scope, page)
        return export_query(
            format_name, query, schema=resource.row_schema, columns=columns, data_version=reference.version
        )
    needed = frozenset(source for column in columns for source in column.source_columns)
    found = _execute_page_query(resource, resolved, page if residual_query else replace(page, columns=needed))
    following = None if residual_query else _next_page_link(found, page, reference)
    values = project_rows(found if residual_query else found.limit(page.limit), columns)
    if format_name in BARE_ROW_FORMATS:
        response = export_rows(format_name, values, schema=resource.row_schema, column_names=names)
    else:
        make = marshmallow_serializer if current_database().prepared_queries is None else struct_factory
        rows = list(starmap(make(resource.row_schema, names), values))
        meta = response_metadata(resolved, parameters, reference, row_count=len(rows))
        if parameters.get("count") == "exact":
            meta["total"] = _count_rows(resource, resolved)
        response = json_response({"data": rows, "meta": meta, "links": {"self": canonical_url(), "next": following}})
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _add_residual(
    resource: TableResource, resolved: ResolvedRequest, page: Page, residual_query: ResidualQuery
) -> tuple[TableResource, Page]:
    if page.cursor_values is not None:
        raise InvalidRequest(
            ParameterError("cursor", "", "with rest=true there are no pages; ask for a larger `limit`")
        )
    if resolved.scope is None or resolved.empty_reason:
        return resource, page
    check_single_period(resolved.scope)
    return replace(resource, query=residual_query(resolved), is_parameterizable=False), page


def _check_series_count(resource: TableResource, resolved: ResolvedRequest) -> None:
    scope = resolved.scope
    if resource.max_series is None or scope is None:
        return
    commodities = len(resolved.selected_commodities())
    series = len(scope.flows) * len(scope.partners) * commodities
    if series > resource.max_series:
        found = f"{len(scope.flows)} flows, {len(scope.partners)} partners, {commodities} commodities"
        reason = (
            f"that is {series} series, and one answer is of {resource.max_series} at most; /v1/flows pages through more"
        )
        raise RequestTooLarge(ParameterError("partner", found, reason))


def _execute_page_query(resource: TableResource, resolved: ResolvedRequest, page: Page) -> QueryResult:
    if resolved.scope is None or resolved.empty_reason:
        return QueryResult((), ())
    return execute_query(resource.query, resolved.scope, page, is_parameterizable=resource.is_parameterizable)


def execute_query(
    query: QueryBuilder, scope: QueryScope, page: Page, *, is_parameterizable: bool = True
) -> QueryResult:
    """Return the rows of a query, by a prepared statement where it is parameterizable."""
    questions = current_database().prepared_queries
    if questions is not None and is_parameterizable and scope.conversion is None:
        found = questions.execute(query, scope, page)
        set_read_data_version(found.data_version)
        return found
    result = current_session().execute(query(scope, page))
    return QueryResult(tuple(result.keys()), result.all())


def _next_page_link(result: QueryResult, page: Page, reference: Reference) -> str | None:
    if page.limit is None or len(result.rows) <= page.limit:
        return None
    return next_page_url(result.row_mapping(page.limit - 1), orders=page.orders, data_version=reference.version)


def _count_rows(resource: TableResource, resolved: ResolvedRequest) -> int:
    if resolved.scope is None or resolved.empty_reason:
        return 0
    everything = resource.query(resolved.scope, Page(orders=resource.key_order)).order_by(None).subquery()
    return current_session().scalar(select(func.count()).select_from(everything)) or 0

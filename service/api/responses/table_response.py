"""From a request to its answer: what is asked for, whether the client has it already, the rows, the envelope."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import starmap
from typing import Any

from flask import Response
from marshmallow import Schema
from sqlalchemy import func, select

from service.analytics.scope import Scope
from service.analytics.sql.keyset_pagination import Order, Page
from service.api.caching.etags import cached
from service.api.database.prepared_queries import Query
from service.api.database.request_context import current_reference, current_session, current_store, note_version_read
from service.api.pagination.cursors import next_link, own_address, page_asked
from service.api.resolution.reference_data import Reference
from service.api.resolution.residual_checks import refuse_several_periods
from service.api.resolution.resolver import Resolved, Resolver
from service.api.responses.export_response import query_response, rows_response
from service.api.responses.query_result import Found, columns_asked, presented, sortable_columns
from service.api.serialization.column_cache import columns_of
from service.api.serialization.formats import ROWS_ALONE, format_asked, json_response
from service.api.serialization.metadata import meta_of
from service.api.serialization.row_structs import made_by_marshmallow, row_maker
from service.errors import Fault, InvalidRequest, RequestTooLarge

Whole = Callable[[Resolved], Query]


@dataclass(frozen=True)
class Table:
    """What a resource gives: rows of a schema, from a query, in an order of its own.

    The columns of `own_order` and of `key_order` must each be unique together. `labels` tells whether names
    come with the codes when the request does not say. `most_series` bounds how many series one answer is computed from;
    null for a resource that reads only the rows of its page. `one_form` tells that `query` depends on nothing but what
    it is given, so that it need not be built again for another question of the same shape.
    """

    row: type[Schema]
    query: Query
    own_order: tuple[Order, ...]
    key_order: tuple[Order, ...]
    labels: bool = False
    most_series: int | None = None
    one_form: bool = False


def answer(table: Table, parameters: Mapping[str, Any], *, whole: Whole | None = None) -> Response:
    """Return the rows of `table` that the request asks for.

    `whole` gives the query that a request with `rest` is answered by, whose rows are all of them: there are no pages.
    """
    form = format_asked(parameters.get("format"))
    return cached(
        lambda: _fresh(table, parameters, form, whole if parameters.get("rest") else None),
        form=form,
        as_of=parameters.get("as_of"),
    )


def _fresh(table: Table, parameters: Mapping[str, Any], form: str, whole: Whole | None) -> Response:
    reference = current_reference()
    names = columns_asked(table.row, parameters.get("fields"), labels=parameters.get("labels", table.labels))
    resolved = Resolver(current_session(), reference, parameters).resolve()
    _refuse_too_many(table, resolved)
    page = page_asked(
        parameters,
        own_order=table.own_order,
        key_order=table.key_order,
        sortable=sortable_columns(table.row),
        data_version=reference.version,
        unlimited=form in ROWS_ALONE,
    )
    if whole is not None:
        table, page = _with_rest(table, resolved, page, whole)
    columns = columns_of(resolved, reference, table.row, names)
    if page.limit is None and resolved.scope is not None and not resolved.reason:
        query = table.query(resolved.scope, page)
        return query_response(form, query, schema=table.row, columns=columns, data_version=reference.version)
    needed = frozenset(source for column in columns for source in column.sources)
    found = _found(table, resolved, page if whole else replace(page, columns=needed))
    following = None if whole else _following(found, page, reference)
    values = presented(found if whole else found.first(page.limit), columns)
    if form in ROWS_ALONE:
        response = rows_response(form, values, schema=table.row, names=names)
    else:
        make = made_by_marshmallow if current_store().questions is None else row_maker
        rows = list(starmap(make(table.row, names), values))
        meta = meta_of(resolved, parameters, reference, count=len(rows))
        if parameters.get("count") == "exact":
            meta["total"] = _total(table, resolved)
        response = json_response({"data": rows, "meta": meta, "links": {"self": own_address(), "next": following}})
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _with_rest(table: Table, resolved: Resolved, page: Page, whole: Whole) -> tuple[Table, Page]:
    if page.after is not None:
        raise InvalidRequest(Fault("cursor", "", "with rest=true there are no pages; ask for a larger `limit`"))
    if resolved.scope is None or resolved.reason:
        return table, page
    refuse_several_periods(resolved.scope)
    return replace(table, query=whole(resolved), one_form=False), page


def _refuse_too_many(table: Table, resolved: Resolved) -> None:
    scope = resolved.scope
    if table.most_series is None or scope is None:
        return
    commodities = len(resolved.goods_asked())
    series = len(scope.flows) * len(scope.partners) * commodities
    if series > table.most_series:
        found = f"{len(scope.flows)} flows, {len(scope.partners)} partners, {commodities} commodities"
        reason = (
            f"that is {series} series, and one answer is of {table.most_series} at most; /v1/flows pages through more"
        )
        raise RequestTooLarge(Fault("partner", found, reason))


def _found(table: Table, resolved: Resolved, page: Page) -> Found:
    if resolved.scope is None or resolved.reason:
        return Found((), ())
    return found_by(table.query, resolved.scope, page, one_form=table.one_form)


def found_by(query: Query, scope: Scope, page: Page, *, one_form: bool = True) -> Found:
    """Return the rows of a query; by a prepared statement where it depends on nothing else, as `one_form` tells."""
    questions = current_store().questions
    if questions is not None and one_form and scope.conversion is None:
        found = questions.found(query, scope, page)
        note_version_read(found.version)
        return found
    result = current_session().execute(query(scope, page))
    return Found(tuple(result.keys()), result.all())


def _following(found: Found, page: Page, reference: Reference) -> str | None:
    if page.limit is None or len(found.rows) <= page.limit:
        return None
    return next_link(found.named(page.limit - 1), orders=page.orders, data_version=reference.version)


def _total(table: Table, resolved: Resolved) -> int:
    if resolved.scope is None or resolved.reason:
        return 0
    everything = table.query(resolved.scope, Page(orders=table.key_order)).order_by(None).subquery()
    return current_session().scalar(select(func.count()).select_from(everything)) or 0

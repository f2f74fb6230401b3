"""From a request to its answer: what is asked for, whether the client has it already, the rows, the envelope."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import starmap
from typing import Any

from flask import Response, request
from marshmallow import Schema
from sqlalchemy import func, select

from service.analytics.expressions import Rows
from service.analytics.ordering import Order, Page
from service.analytics.scope import Scope
from service.api.caching import cached, canonical_arguments
from service.api.columns import Column, Columns
from service.api.emptiness import reason_for_nothing
from service.api.exchange import ATTRIBUTION
from service.api.paging import next_link, own_address, page_asked
from service.api.reference import Reference
from service.api.rendering import csv_response, format_asked, json_response
from service.api.rest import refuse_several_periods
from service.api.rows import Found, columns_asked, presented, sortable_columns
from service.api.scope import Resolved, Resolver
from service.api.store import current_reference, current_session, current_store
from service.api.structs import made_by_marshmallow, row_maker
from service.errors import Fault, InvalidRequest, RequestTooLarge
from service.models import FLOWS

Query = Callable[[Scope, Page], Rows]
Whole = Callable[[Resolved], Query]


@dataclass(frozen=True)
class Table:
    """What a resource gives: rows of a schema, from a query, in an order of its own.

    The columns of `own_order` and of `key_order` must each be unique together. `labels` tells whether names
    come with the codes when the request does not say. `most_series` bounds how many series one answer is computed from;
    null for a resource that reads only the rows of its page.
    """

    row: type[Schema]
    query: Query
    own_order: tuple[Order, ...]
    key_order: tuple[Order, ...]
    labels: bool = False
    most_series: int | None = None


def answer(table: Table, parameters: Mapping[str, Any], *, whole: Whole | None = None) -> Response:
    """Return the rows of `table` that the request asks for.

    `whole` gives the query that a request with `rest` is answered by, whose rows are all of them: there are no pages.
    """
    reference = current_reference()
    form = format_asked(parameters.get("format"))
    return cached(
        lambda: _fresh(table, parameters, reference, form, whole if parameters.get("rest") else None),
        data_version=reference.version,
        form=form,
        as_of=parameters.get("as_of"),
    )


def _fresh(
    table: Table, parameters: Mapping[str, Any], reference: Reference, form: str, whole: Whole | None
) -> Response:
    columns = columns_asked(table.row, parameters.get("fields"), labels=parameters.get("labels", table.labels))
    resolved = Resolver(current_session(), reference, parameters).resolve()
    _refuse_too_many(table, resolved)
    page = page_asked(
        parameters,
        own_order=table.own_order,
        key_order=table.key_order,
        sortable=sortable_columns(table.row),
        data_version=reference.version,
        unlimited=form == "csv",
    )
    if whole is not None:
        table, page = _with_rest(table, resolved, page, whole)
    made_of = Columns(resolved, reference, table.row).named(columns)
    if form == "csv" and page.limit is None:
        return csv_response(columns, _streamed(table, resolved, page, made_of))
    found = _found(table, resolved, page)
    following = None if whole else _following(found, page, reference)
    values = presented(found if whole else found.first(page.limit), made_of)
    if form == "csv":
        response = csv_response(columns, values)
    else:
        make = row_maker if current_store().hot_reads else made_by_marshmallow
        rows = list(starmap(make(table.row, tuple(columns)), values))
        meta = _meta(table, resolved, parameters, reference, count=len(rows))
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
    return replace(table, query=whole(resolved)), page


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
    result = current_session().execute(table.query(resolved.scope, page))
    return Found(tuple(result.keys()), result.all())


def _streamed(table: Table, resolved: Resolved, page: Page, columns: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    if resolved.scope is None or resolved.reason:
        return
    statement = table.query(resolved.scope, page).execution_options(yield_per=2000)
    result = current_session().execute(statement)
    names = tuple(result.keys())
    for part in result.partitions():
        yield from presented(Found(names, part), columns)


def _following(found: Found, page: Page, reference: Reference) -> str | None:
    if page.limit is None or len(found.rows) <= page.limit:
        return None
    return next_link(found.named(page.limit - 1), orders=page.orders, data_version=reference.version)


def _meta(
    table: Table, resolved: Resolved, parameters: Mapping[str, Any], reference: Reference, *, count: int
) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "as_of": _as_of(resolved, parameters, reference),
        "data_version": reference.version,
        "count": count,
        "parameters": _understood(resolved, parameters, reference),
        "sources": [],
        "empty_reason": None if count else reason_for_nothing(current_session(), resolved),
    }
    if resolved.dataset is not None:
        meta["sources"] = [{"dataset": resolved.dataset.code, "attribution": resolved.dataset.attribution}]
    if resolved.scope is not None and resolved.scope.conversion is not None:
        meta["sources"].append(ATTRIBUTION)
    if parameters.get("count") == "exact":
        meta["total"] = _total(table, resolved)
    return meta


def _as_of(resolved: Resolved, parameters: Mapping[str, Any], reference: Reference) -> str | None:
    if parameters.get("as_of"):
        return str(parameters["as_of"])
    if resolved.dataset is None:
        return None
    own = (r.published_on for r in reference.releases.values() if r.dataset_id == resolved.dataset.id)
    newest = max(own, default=None)
    return None if newest is None else str(newest)


def _understood(resolved: Resolved, parameters: Mapping[str, Any], reference: Reference) -> dict[str, Any]:
    understood: dict[str, Any] = {"reporter": resolved.reporter.code}
    if "partner" in parameters:
        understood["partner"] = sorted({_canonical(code, reference) for code in parameters["partner"]})
    for name in ("commodity", "level"):
        if name in parameters:
            understood[name] = sorted(parameters[name])
    if "flow" in parameters:
        understood["flow"] = [flow for flow in FLOWS if flow in parameters["flow"]]
    understood["frequency"] = resolved.frequency
    if resolved.scope is not None and resolved.scope.conversion is not None:
        understood["currency"], understood["fx"] = resolved.currency, resolved.scope.conversion.basis
    if resolved.classification is not None:
        understood["classification"] = resolved.classification.code
    if "period" in request.args:
        understood["period"] = canonical_arguments()["period"]
    return understood


def _canonical(code: str, reference: Reference) -> str:
    area = reference.area_by_code.get(code.upper())
    return code if area is None else area.code


def _total(table: Table, resolved: Resolved) -> int:
    if resolved.scope is None or resolved.reason:
        return 0
    everything = table.query(resolved.scope, Page(orders=table.key_order)).order_by(None).subquery()
    return current_session().scalar(select(func.count()).select_from(everything)) or 0

"""Resources whose response is a list that is built in memory, from reference tables or from several queries."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from service.analytics.sql.keyset_pagination import KeyValue, Order, Page
from service.api.contract.formats import BARE_ROW_FORMATS
from service.api.database.context import Context
from service.api.pagination.cursors import check_order, next_page_url, requested_page
from service.api.parameters.common import DEFAULT_PAGE_ROWS
from service.api.parameters.request import DataRequest
from service.api.responses.resource import Plan, Resource, Result
from service.api.serialization.columns import selected_columns
from service.errors import ParameterError, collect_errors

ListRow = Mapping[str, Any]


@dataclass(frozen=True)
class ListRows:
    """All rows of a list, each a mapping from column to value, and additions to `meta`."""

    rows: Sequence[ListRow]
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ListPlan(Plan):
    """A validated request for a list: its page and its columns."""

    page: Page
    column_names: tuple[str, ...]

    @property
    def key(self) -> tuple[Any, ...]:
        """Return everything that determines the response, except the build of the service and the data."""
        return *super().key, self.request.parameters.get("as_of")


@dataclass(frozen=True)
class ListResource(Resource[ListPlan, Result]):
    """A resource with a list of rows of `row_schema`, which `load_rows` returns.

    The text columns `key_columns` identify a row. Rows can be sorted by the numeric `sortable_columns`; `default_order`
    null means the order of the key columns. `uses_today` says that rows without `as_of` are those of today: `load_rows`
    then gets today's date as `as_of`.
    """

    row_schema: type[Schema]
    key_columns: tuple[str, ...]
    load_rows: Callable[[Context, DataRequest], ListRows]
    sortable_columns: tuple[str, ...] = ()
    default_order: tuple[Order, ...] | None = None
    uses_today: bool = False

    def plan(self, context: Context, request: DataRequest, format_name: str) -> ListPlan:
        """Return the validated request (the plan).

        :raises InvalidRequest: a column does not exist, or rows cannot be sorted by it.
        """
        request = self._adapt_to_today(context, request)
        parameters = request.parameters
        key_order = tuple(Order(column) for column in self.key_columns)
        page = requested_page(
            request,
            default_order=self.default_order or key_order,
            key_order=key_order,
            sortable_columns=self.sortable_columns,
            data_state=context.reference.state,
            default_limit=None if format_name in BARE_ROW_FORMATS else DEFAULT_PAGE_ROWS,
        )
        names = selected_columns(
            self.row_schema,
            parameters.get("fields"),
            key_columns=self.key_columns,
            labels=parameters.get("labels", True),
        )
        return ListPlan(request, format_name, page, names)

    def parameter_errors(self, context: Context, request: DataRequest, *, is_complete: bool) -> list[ParameterError]:
        """Return the errors in the parameters of a refused request, each parameter checked separately.

        `is_complete` says that the request has all required parameters, so that the rows can be loaded to check them.
        """
        request = self._adapt_to_today(context, request)
        parameters = request.parameters
        checks: list[Callable[[], Any]] = [
            lambda: selected_columns(self.row_schema, parameters.get("fields"), key_columns=self.key_columns),
            lambda: check_order(parameters, self.sortable_columns),
        ]
        if is_complete:
            checks.append(lambda: self.load_rows(context, request))
        return [*super().parameter_errors(context, request, is_complete=is_complete), *collect_errors(*checks)]

    def _adapt_to_today(self, context: Context, request: DataRequest) -> DataRequest:
        if self.uses_today and request.parameters.get("as_of") is None:
            return request.replace_parameters(as_of=context.today)
        return request

    def execute(self, context: Context, plan: ListPlan) -> Result:
        """Return the rows of one page, for a validated request."""
        all_rows = self.load_rows(context, plan.request)
        remaining_rows = _rows_from_cursor(all_rows.rows, plan.page)
        limit, state = plan.page.limit, context.reference.state
        rows = remaining_rows if limit is None else remaining_rows[:limit]
        areas = _canonical_area_codes(context, plan.request)
        meta = {**_list_metadata(rows, state.version), "parameters": areas, **all_rows.meta}
        if plan.request.parameters.get("count") == "exact":
            meta["total"] = len(all_rows.rows)
        is_last = len(rows) == len(remaining_rows)
        next_url = None if is_last else next_page_url(plan.request, rows[-1], orders=plan.page.orders, data_state=state)
        columns = [[row[name] for row in rows] for name in plan.column_names]
        return Result(self.row_schema, plan.column_names, columns, meta, plan.request.url, next_url)


def _rows_from_cursor(rows: Sequence[ListRow], page: Page) -> Sequence[ListRow]:
    """Return rows in the order of the page, from the first row of the page to the last row of the list."""
    keyed_rows = sorted(
        ((_sort_key([row[order.column] for order in page.orders], page.orders), row) for row in rows),
        key=lambda pair: pair[0],
    )
    start = 0
    if page.cursor_values is not None:
        start = bisect_right(keyed_rows, _sort_key(page.cursor_values, page.orders), key=lambda pair: pair[0])
    return [row for _, row in keyed_rows[start:]]


def _canonical_area_codes(context: Context, request: DataRequest) -> dict[str, str]:
    """Return the canonical codes of the reporter and the partner of a request, by parameter."""
    texts = {name: request.parameters.get(name) for name in ("reporter", "partner")}
    areas = {name: context.reference.area_lookup.find(text) for name, text in texts.items() if isinstance(text, str)}
    return {name: area.code for name, area in areas.items() if area is not None}


def _list_metadata(rows: Sequence[ListRow], data_version: int) -> dict[str, Any]:
    return {
        "as_of": None,
        "data_version": data_version,
        "count": len(rows),
        "parameters": {},
        "sources": [],
        "empty_reason": None if rows else "not_covered",
    }


def _sort_key(values: Sequence[KeyValue], orders: Sequence[Order]) -> tuple[Any, ...]:
    """Return the key by which a row with these values is sorted: nulls come last in either direction."""
    return tuple(
        (value is None, 0 if value is None else -value if order.descending else value)  # type: ignore[operator]
        for value, order in zip(values, orders, strict=True)
    )

"""Resources whose response is a table of figures, read by one query."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import attrgetter
from typing import Any

from marshmallow import Schema
from sqlalchemy import func, select

from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Order, Page
from service.analytics.sql.types import Query
from service.api.contract.formats import BARE_ROW_FORMATS, CHART_FORMATS, TABLE_FORMATS
from service.api.database.context import Context
from service.api.database.query_executor import QueryBuilder, QueryResult
from service.api.pagination.cursors import check_order, next_page_url, requested_page
from service.api.parameters.common import DEFAULT_PAGE_ROWS, MAX_PAGE_ROWS
from service.api.parameters.request import DataRequest
from service.api.resolution.figure_count import check_figure_count
from service.api.resolution.residual_checks import check_single_period
from service.api.resolution.resolver import ResolvedRequest
from service.api.responses.available_datasets import available_dataset
from service.api.responses.resource import Plan, Resource, Result
from service.api.responses.unmapped_codes import unmapped_metadata
from service.api.serialization.column_formatters import Column
from service.api.serialization.columns import selected_columns, sortable_columns
from service.api.serialization.metadata import combined_metadata, response_metadata
from service.api.serialization.projection import cached_columns, project_columns
from service.domain.concordance import CHAPTER_DIGITS
from service.domain.data_state import DataState
from service.errors import InvalidRequest, ParameterError, RequestTooLarge, collect_errors

ScopeAdapter = Callable[[Context, ResolvedRequest], tuple[QueryScope, int]]
QueryFactory = Callable[[Context, ResolvedRequest], QueryBuilder]
STATUS_COLUMNS = ("yoy_status", "exports_yoy_status", "imports_yoy_status")
VALUE_COLUMNS = ("value", "yoy_pct", "exports_value", "imports_value", "balance")
DEFAULT_LIMITS = dict.fromkeys(CHART_FORMATS, MAX_PAGE_ROWS) | dict.fromkeys(BARE_ROW_FORMATS)
"""Rows of a response without the parameter `limit`, by format; null for all rows."""
MAX_PREPARED_FIGURES = 20_000
"""Figures from which a prepared statement computes a response, at most. PostgreSQL plans it for any values, with
estimates of a few rows; a statement over more figures is planned for its values, which takes 0.1 s."""
RequestAdapter = Callable[[DataRequest], DataRequest]


@dataclass(frozen=True)
class TablePlan(Plan):
    """A validated request for a table: its resolved parameters, the columns, and the page of rows."""

    resolved: ResolvedRequest
    columns: Sequence[Column]
    column_names: tuple[str, ...]
    page: Page
    has_residual: bool = False
    figure_count: int = 0

    @property
    def key(self) -> tuple[Any, ...]:
        """Return everything that determines the response, except the build of the service and the data version."""
        page = self.page
        return (
            self.request.url,
            self.format_name,
            self.resolved.key,
            self.column_names,
            page.orders,
            page.limit,
            page.cursor_values,
        )

    @property
    def is_streamed(self) -> bool:
        """Return whether the response is streamed, because it has all rows without a limit."""
        return self.page.limit is None and not self.resolved.is_empty


@dataclass(frozen=True)
class ExportResult:
    """The query for all rows of a streamed response, its columns, and the state of the data to read the rows at.

    `meta` describes the sources; `self_url` is the canonical URL of the request.
    """

    query: Query
    row_schema: type[Schema]
    columns: Sequence[Column]
    data_state: DataState
    meta: Mapping[str, Any] = field(default_factory=dict)
    self_url: str = ""


@dataclass(frozen=True)
class TableResource(Resource[TablePlan, Result | ExportResult]):
    """A resource with a table of rows of `row_schema`, which are read by `query`.

    The columns of `default_order` identify a row, and so do those of `key_order`. `default_labels` is the default of
    the parameter `labels`. `max_series` limits the series that one response is computed from; null for a resource that
    reads only the rows of its page. `is_parameterizable` says that `query` is compiled once for many requests, as it
    depends only on its arguments. `residual_query` returns the query with residual rows. `adapt_request` returns a
    request in which the parameters that the resource fixes are set. `adapt_scope` returns a scope with facts that the
    resource reads from the database, and the number of figures that the response is computed from. `can_stitch` says
    that several datasets, which differ in the edition of the classification, can answer a request together; otherwise
    the newest edition that published the periods answers it.
    """

    row_schema: type[Schema]
    query: QueryBuilder
    default_order: tuple[Order, ...]
    key_order: tuple[Order, ...]
    default_labels: bool = False
    max_series: int | None = None
    is_parameterizable: bool = True
    adapt_scope: ScopeAdapter | None = None
    residual_query: QueryFactory | None = None
    adapt_request: RequestAdapter | None = None
    formats: Sequence[str] = TABLE_FORMATS
    can_stitch: bool = False

    def plan(self, context: Context, request: DataRequest, format_name: str) -> TablePlan:
        """Return the validated request (the plan).

        :raises InvalidRequest: a parameter does not fit the data.
        :raises RequestTooLarge: the request has more series than one response is computed from.
        """
        if self.adapt_request is not None:
            request = self.adapt_request(request)
        parameters, reference = request.parameters, context.reference
        is_chart = format_name in CHART_FORMATS
        names = selected_columns(
            self.row_schema,
            None if is_chart else parameters.get("fields"),
            labels=is_chart or parameters.get("labels", self.default_labels),
            frequency=parameters.get("frequency"),
        )
        resolved = context.resolve(
            parameters, can_stitch=self.can_stitch, needs_whole_series=self.max_series is not None
        )
        if parameters.get("residual"):
            resolved = _resolve_one_edition(context, parameters, resolved)
        if self.max_series is not None:
            _check_series_count(resolved, self.max_series)
        page = requested_page(
            request,
            default_order=self.default_order,
            key_order=self.key_order,
            sortable_columns=sortable_columns(self.row_schema),
            data_state=reference.state,
            default_limit=DEFAULT_LIMITS.get(format_name, DEFAULT_PAGE_ROWS),
        )
        has_residual = bool(self.residual_query is not None and parameters.get("residual"))
        if has_residual:
            _check_residual(resolved, page)
        figure_count = 0
        if has_residual or self._reads_all_figures(resolved, page, parameters):
            figure_count = check_figure_count(context.session, reference, resolved, has_residual=has_residual)
        columns = cached_columns(resolved, reference, self.row_schema, names)
        return TablePlan(request, format_name, resolved, columns, names, page, has_residual, figure_count)

    def parameter_errors(self, context: Context, request: DataRequest, *, is_complete: bool) -> list[ParameterError]:
        """Return the errors in the parameters of a refused request, each parameter checked separately.

        `is_complete` says that the request has all required parameters.
        """
        if self.adapt_request is not None:
            request = self.adapt_request(request)
        fields = request.parameters.get("fields")
        return [
            *super().parameter_errors(context, request, is_complete=is_complete),
            *collect_errors(
                lambda: selected_columns(self.row_schema, fields),
                lambda: check_order(request.parameters, sortable_columns(self.row_schema)),
            ),
        ]

    def execute(self, context: Context, plan: TablePlan) -> Result | ExportResult:
        """Return the rows of a page, or the query for all rows if the response is streamed."""
        if plan.is_streamed:
            return self._export(context, plan)
        result, reference = self._read(context, plan), context.reference
        limit = None if plan.has_residual else plan.page.limit
        page = result.limit(limit)
        meta = response_metadata(plan.resolved, plan.request, reference, row_count=len(page.rows))
        if page.rows:
            meta |= unmapped_metadata(context, [plan.resolved])
        if plan.page.cursor_values is None and self._lacks_figures(context, plan, result):
            meta |= self._other_dataset(context, plan)
        if plan.request.parameters.get("count") == "exact":
            meta["total"] = self._count_rows(context, plan)
        next_url = None
        if limit is not None and len(result.rows) > limit:
            next_url = next_page_url(
                plan.request, page.row_mapping(-1), orders=plan.page.orders, data_state=reference.state
            )
        columns = project_columns(page, plan.columns)
        return Result(self.row_schema, plan.column_names, columns, meta, plan.request.url, next_url)

    def _other_dataset(self, context: Context, plan: TablePlan) -> dict[str, Any]:
        """Return `available_in` for `meta`, where another dataset has the figures."""

        def has_figures(request: DataRequest) -> bool:
            other_plan = self.plan(context, request.replace_parameters(limit=1), plan.format_name)
            return not self._lacks_figures(context, other_plan, self._read(context, other_plan))

        used_datasets = {dataset.code for dataset in plan.resolved.datasets}
        available = available_dataset(context, plan.request, used_datasets, has_figures)
        return {} if available is None else {"available_in": available}

    def _lacks_figures(self, context: Context, plan: TablePlan, result: QueryResult) -> bool:
        """Return whether no row has a figure: there are no rows, or the dataset covers none of their series.

        Where the rows have neither a value nor a status, because `fields` leaves them out, they are read again.
        """
        statuses = frozenset(STATUS_COLUMNS).intersection(self.row_schema._declared_fields)
        if not statuses or _has_other_value(result, VALUE_COLUMNS, None):
            return not result.rows
        if result.rows and statuses.isdisjoint(result.column_names):
            result = self._read(context, plan, statuses)
        return not _has_other_value(result, STATUS_COLUMNS, "not_covered")

    def _export(self, context: Context, plan: TablePlan) -> ExportResult:
        query, scope, _ = self._query(context, plan)
        meta = combined_metadata([plan.resolved], plan.request, context.reference)
        state, url = context.reference.state, plan.request.url
        return ExportResult(query(scope, plan.page), self.row_schema, plan.columns, state, meta, url)

    def _query(self, context: Context, plan: TablePlan) -> tuple[QueryBuilder, QueryScope, int]:
        """Return the query, its scope and the number of figures that the response is computed from."""
        scope = plan.resolved.scope
        assert scope is not None
        if plan.has_residual and self.residual_query is not None:
            return self.residual_query(context, plan.resolved), scope, plan.figure_count
        if self.adapt_scope is not None:
            return self.query, *self.adapt_scope(context, plan.resolved)
        return self.query, scope, plan.figure_count

    def _read(self, context: Context, plan: TablePlan, added_columns: frozenset[str] = frozenset()) -> QueryResult:
        if plan.resolved.is_empty:
            return QueryResult((), (), context.reference.state)
        (query, scope, figure_count), page = self._query(context, plan), plan.page
        if not plan.has_residual:
            source_columns = chain.from_iterable(map(attrgetter("source_columns"), plan.columns))
            page = replace(page, columns=added_columns.union(source_columns))
        is_parameterizable = self.is_parameterizable and query is self.query and figure_count <= MAX_PREPARED_FIGURES
        return context.execute(query, scope, page, is_parameterizable=is_parameterizable)

    def _count_rows(self, context: Context, plan: TablePlan) -> int:
        if plan.resolved.is_empty:
            return 0
        query, scope, _ = self._query(context, plan)
        all_rows = query(scope, Page(orders=self.key_order, columns=frozenset())).order_by(None).subquery()
        count_result = context.fetch(select(func.count().label("row_count")).select_from(all_rows))
        row_count: int = count_result.rows[0][0]
        return row_count

    def _reads_all_figures(self, resolved: ResolvedRequest, page: Page, parameters: Mapping[str, Any]) -> bool:
        """Return whether a page is computed from all requested figures, rather than those of its rows.

        Resources with a bound of their own are left out, and so are exports, which have a longer timeout.
        """
        if page.limit is None or self.adapt_scope is not None:
            return False
        scope, read_column = resolved.scope, attrgetter("column")
        is_sorted = not set(map(read_column, page.orders)) <= set(map(read_column, self.key_order))
        has_sums = scope is not None and (scope.groups or scope.aggregates_periods)
        return is_sorted or bool(has_sums) or parameters.get("count") == "exact" or self.max_series is not None


def _check_series_count(resolved: ResolvedRequest, max_series: int) -> None:
    scope = resolved.scope
    if scope is None:
        return
    commodity_count = len(resolved.selected_commodities())
    series_count = len(scope.flows) * len(scope.partners) * commodity_count
    if series_count > max_series:
        value = f"{len(scope.flows)} flows, {len(scope.partners)} partners, {commodity_count} commodities"
        reason = (
            f"these are {series_count} series, and a response has at most {max_series}; /v1/flows has more, in pages"
        )
        raise RequestTooLarge(ParameterError("partner", value, reason))


def _has_other_value(result: QueryResult, column_names: Sequence[str], value: str | None) -> bool:
    """Return whether some of the columns, if the result has them, hold anything but `value`."""
    columns = result.columns
    values = set[Any]().union(*map(columns.__getitem__, columns.keys() & column_names))
    return not values <= {value}


def _check_residual(resolved: ResolvedRequest, page: Page) -> None:
    if page.cursor_values is not None:
        raise InvalidRequest(
            ParameterError("cursor", "", "residual=true has no pages; request a larger `limit` instead")
        )
    if resolved.scope is not None and not resolved.empty_reason:
        check_single_period(resolved.scope)


def _resolve_one_edition(context: Context, parameters: Mapping[str, Any], resolved: ResolvedRequest) -> ResolvedRequest:
    """Return the request resolved to one edition, if its residual rows are of headings or subheadings.

    The rest of another edition is of other codes.
    """
    if resolved.scope is None or resolved.scope.editions is None:
        return resolved
    levels = {commodity.level for commodity in resolved.selected_commodities()}
    return context.resolve(parameters) if max(levels, default=0) > CHAPTER_DIGITS else resolved

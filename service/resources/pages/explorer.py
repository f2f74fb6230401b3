"""The explorer: the figures of a query as a chart, a table and sentences, with their sources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from service.api.charts.bar_chart import is_residual, order_by_size, ranking_column
from service.api.charts.findings import balance_finding, largest_balance_finding, ranking_finding, series_finding
from service.api.charts.series import ChartRow, Series, describe_statuses, describe_trade, group_series, is_provisional
from service.api.charts.specification import MAX_CHART_SERIES
from service.api.contract.formats import FORMATS
from service.api.database.context import Context
from service.api.responses.document_resource import DocumentResource
from service.api.responses.resource import Plan, Result
from service.api.serialization.page_table import Cell, PageTable
from service.domain.text import (
    describe_missing_value,
    describe_months,
    explain_missing_growth,
    format_date,
    format_period,
    format_row_period,
    possessive,
)
from service.resources.pages.growth_words import growth_sentences, period_before_streak
from service.resources.pages.names import commodity_names
from service.resources.pages.period_spans import VIEWS_OVER_TIME, period_spans
from service.resources.pages.query import MAX_ROWS, ExplorerQuery
from service.resources.pages.tables import (
    balance_table,
    flow_table,
    ranking_table,
    record_list,
    revision_table,
    series_table,
)

MAX_COMMODITY_OPTIONS = 300
MAX_FLOW_ROWS = "100"
VIEW_NAMES = {
    "series": "Over time",
    "partners": "Partners",
    "commodities": "Commodities",
    "balances": "Balance",
    "revisions": "Revisions",
}
MEASURE_NAMES = {
    "series": {"value": "Value", "growth": "Growth", "share": "Share", "index": "Index"},
    "partners": {"value": "Value", "growth": "Growth", "contribution": "Contribution", "share": "Share"},
    "commodities": {"value": "Value", "growth": "Growth", "contribution": "Contribution", "share": "Share"},
}
DOWNLOAD_FORMATS = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet", "json": "JSON"}
CHART_FORMATS = {"svg": "SVG", "png": "PNG", "vega-lite": "Vega-Lite"}
TABLE_BUILDERS: Mapping[str, Callable[[Sequence[ChartRow], ExplorerQuery], PageTable]] = {
    "series": series_table,
    "partners": ranking_table,
    "commodities": ranking_table,
    "balances": balance_table,
    "flows": flow_table,
    "revisions": revision_table,
}


@dataclass(frozen=True)
class Explorer:
    """The content of the explorer for one query.

    `problem` states why a chart is missing; null where there is one, or where the view never has one. `record` has the
    properties of the figure by name, where the query has a single figure. `spans` are names of spans of time with their
    values of the parameter `period`. `options` are the choices in the fields of the form.
    """

    query: ExplorerQuery
    title: str
    reporter_name: str
    meta: Mapping[str, Any]
    table: PageTable | None = None
    sentences: Sequence[str] = ()
    notes: Sequence[str] = ()
    record: Sequence[tuple[str, Cell]] = ()
    has_chart: bool = False
    problem: str | None = None
    spans: Sequence[tuple[str, str]] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pinned_query(self) -> ExplorerQuery:
        """Return the query with the day of its figures as `as_of`, so that its answer never changes."""
        as_of = self.meta["as_of"]
        if as_of is None:
            return self.query
        return ExplorerQuery(self.query.view, self.query.chart, {**self.query.parameters, "as_of": as_of})

    @property
    def downloads(self) -> list[tuple[str, str]]:
        """Return the name of each file format with the URL of the figures in this format."""
        labels = {"labels": "true"} if self.query.view != "balances" else {}
        return [
            (name, self.query.data_url(**labels, format=code))
            for code, name in DOWNLOAD_FORMATS.items()
            if code in FORMATS
        ]

    @property
    def chart_downloads(self) -> list[tuple[str, str]]:
        """Return the name of each image format with the URL of the chart in this format; none without a chart."""
        return [(name, self.query.chart_url(code)) for code, name in CHART_FORMATS.items()] if self.has_chart else []


def explorer_parameters(query: ExplorerQuery, host_url: str) -> dict[str, Any]:
    """Return the parameters of a request for the explorer. `host_url` is the address of the service, for links."""
    as_of = query.parameters.get("as_of")
    return {"query": query, "as_of": None if as_of is None else date.fromisoformat(as_of), "host_url": host_url}


def load_explorer(context: Context, plan: Plan) -> Explorer:
    """Return the content of the explorer for the validated request (`plan`).

    :raises InvalidRequest: a parameter is invalid.
    """
    query: ExplorerQuery = plan.request.parameters["query"]
    limit = query.parameters.get("limit") or (MAX_FLOW_ROWS if query.view == "flows" else MAX_ROWS)
    labels = {} if query.view == "balances" else {"labels": "true"}
    residual = {"residual": "true"} if query.has_residual else {}
    result: Result = context.fetch_resource(query.data_url(**{**labels, **residual, "limit": limit}))
    rows = result.rows()
    reporter_name = context.reference.area_lookup.area_by_code[query.parameters["reporter"]].name
    options, names = _form_options(context, query)
    shared: dict[str, Any] = {"meta": result.meta, "names": names, "options": options, "reporter_name": reporter_name}
    if not rows:
        title = f"{possessive(reporter_name)[:1].upper()}{possessive(reporter_name)[1:]} trade: no figures"
        return Explorer(
            query,
            title,
            problem=_empty_problem(result.meta["empty_reason"], has_day="as_of" in query.parameters),
            **shared,
        )
    problem = _chart_problem(rows, query)
    has_chart = query.view in {"series", "partners", "commodities", "balances"} and problem is None
    return Explorer(
        query,
        _title(rows, query, reporter_name),
        table=TABLE_BUILDERS[query.view](rows, query),
        sentences=_sentences(context, rows, query, reporter_name),
        notes=_notes(rows, result.meta),
        record=record_list(rows[0], query) if query.view == "flows" and len(rows) == 1 else (),
        has_chart=has_chart,
        problem=problem,
        spans=period_spans(rows) if query.view in VIEWS_OVER_TIME else (),
        **shared,
    )


EXPLORER = DocumentResource(load_explorer)


def _title(rows: Sequence[ChartRow], query: ExplorerQuery, reporter_name: str) -> str:
    measure = query.chart
    if query.view == "series":
        return series_finding(group_series(rows), measure, reporter_name=reporter_name)
    if query.view in {"partners", "commodities"}:
        single_rows = [row for row in rows if not is_residual(row)] or rows
        ordered = order_by_size(single_rows, ranking_column(rows[0], measure))
        if not ordered:
            measure, ordered = "value", order_by_size(single_rows, "value") or list(single_rows)
        return ranking_finding(ordered[0], measure, reporter_name=reporter_name)
    if query.view == "balances":
        if len({row["period"] for row in rows}) == 1 and len(rows) > 1 and order_by_size(rows, "balance"):
            names_commodity = len({row["commodity"] for row in rows}) > 1
            row = order_by_size(rows, "balance")[0]
            return largest_balance_finding(row, names_commodity=names_commodity, reporter_name=reporter_name)
        known_rows = [row for row in rows if row["balance"] is not None] or rows
        return balance_finding(known_rows[-1], reporter_name=reporter_name)
    if query.view == "flows" and len(rows) == 1:
        return series_finding([Series(rows)], "value", reporter_name=reporter_name)
    subject = describe_trade(rows[0], reporter_name=reporter_name)
    prefix = "Revisions of " if query.view == "revisions" else ""
    periods = f" in {format_period(rows[0]['period'])}" if len({row["period"] for row in rows}) == 1 else ""
    words = f"{prefix}{subject}{periods}"
    return f"{words[:1].upper()}{words[1:]}"


def _chart_problem(rows: Sequence[ChartRow], query: ExplorerQuery) -> str | None:
    if query.view == "series" and len(group_series(rows)) > MAX_CHART_SERIES:
        count = len(group_series(rows))
        return f"These are {count} series, and a chart shows at most {MAX_CHART_SERIES}. The table has all."
    if query.view in {"partners", "commodities"}:
        counts = {name: len({row[name] for row in rows}) for name in ("period", "flow")}
        if max(counts.values()) > 1:
            return "The chart shows one flow in one period; the table has all."
        if not order_by_size(rows, ranking_column(rows[0], query.chart)):
            return _missing_measure(rows[0], query.chart)
    if query.view == "balances":
        kinds = [len({row[name] for row in rows}) > 1 for name in ("period", "partner", "commodity")]
        if sum(kinds) > 1:
            return "The chart shows one period, or one partner and commodity over time; the table has all."
    return None


def _missing_measure(row: ChartRow, measure: str) -> str:
    """Return why no row of a ranking has a figure of a measure; `row` is one of them."""
    if row["yoy_pct"] is None and measure in {"growth", "contribution"}:
        period = format_period(row["period"])
        return f"There is no growth in {period}, as {explain_missing_growth(row)}. Choose the measure Value."
    return "None of these rows has such a figure."


def _sentences(context: Context, rows: Sequence[ChartRow], query: ExplorerQuery, reporter_name: str) -> list[str]:
    if query.view != "series":
        return []
    all_series = group_series(rows)
    if len(all_series) == 1:
        is_known = _is_streak_start_known(context, all_series[0], query)
        return growth_sentences(all_series[0], reporter_name=reporter_name, is_streak_start_known=is_known)
    return [growth_sentences(each, reporter_name=reporter_name)[0] for each in all_series[:MAX_CHART_SERIES]]


def _is_streak_start_known(context: Context, series: Series, query: ExplorerQuery) -> bool:
    """Return whether the period before the newest streak has a growth; the query may begin after that period."""
    period = period_before_streak(series.last_row)
    if period is None:
        return False
    rows = [row for row in series.rows if row["period"] == period]
    if not rows:
        earlier_query = ExplorerQuery(query.view, query.chart, {**query.parameters, "period": period})
        rows = context.fetch_resource(earlier_query.data_url()).rows()
    return any(row["streak_direction"] is not None for row in rows)


def _notes(rows: Sequence[ChartRow], meta: Mapping[str, Any]) -> list[str]:
    notes = []
    if meta["as_of"]:
        notes.append(f"Figures as known on {format_date(meta['as_of'])}.")
    statuses = {is_provisional(row) for row in rows if row.get("obs_status")}
    if True in statuses:
        notes.append(
            f"{'All' if statuses == {True} else 'Some'} figures are {describe_statuses(rows)}, and may be revised."
        )
    valuations = sorted({row["valuation"] for row in rows if row.get("valuation")})
    if valuations:
        notes.append(f"Valuation: {', '.join(valuations)}.")
    if any(row.get("exchange_rate") for row in rows):
        notes.append(
            "Each period is converted at its own exchange rate, so growth differs from that in the reported currency."
        )
    months = dict.fromkeys(format_row_period(row) for row in rows if "months_covered" in row and describe_months(row))
    if months:
        notes.append(f"Incomplete periods: {', '.join(months)}.")
    missing: dict[str, set[str]] = {}
    for row in rows:
        if "value" in row and row["value"] is None:
            missing.setdefault(describe_missing_value(row), set()).add(row["period"])
    for reason, periods in missing.items():
        names = ", ".join(format_period(period) for period in sorted(periods)[:6])
        notes.append(f"{reason[0].upper()}{reason[1:]}: {names}{' and others' if len(periods) > 6 else ''}.")
    notes.append("Growth is over the same period a year earlier, unless stated otherwise.")
    return notes


def _empty_problem(reason: str | None, *, has_day: bool) -> str:
    reasons = {
        "no_trade": "There was no such trade in these periods.",
        "not_published": "No figures were published for these periods by that day."
        if has_day
        else "No figures are published for these periods.",
    }
    uncovered = "No dataset covered this request by that day." if has_day else "No loaded dataset covers this request."
    return reasons.get(reason or "", uncovered)


def _form_options(context: Context, query: ExplorerQuery) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the options of the form, and the names of codes."""
    reference = context.reference
    datasets = reference.published_datasets(None)
    reporters = {each.reporter_id: reference.areas[each.reporter_id] for each in datasets}
    reporter = reference.area_lookup.area_by_code[query.parameters["reporter"]]
    own_datasets = [each for each in datasets if each.reporter_id == reporter.id]
    commodities = commodity_names(context, own_datasets).names
    areas = sorted(reference.areas.values(), key=lambda area: area.name)
    levels = sorted(
        (
            each
            for dataset in own_datasets
            for each in reference.commodities(context.session, dataset.classification_id).commodity_by_id.values()
        ),
        key=lambda each: (each.level, each.code),
    )
    options = {
        "reporters": sorted((area.code, area.name) for area in reporters.values()),
        "partners": [area.name for area in areas],
        "commodities": list(dict.fromkeys(each.name for each in levels))[:MAX_COMMODITY_OPTIONS],
        "currencies": reference.currencies(context.session),
    }
    return options, {area.code: area.name for area in areas} | dict(commodities)

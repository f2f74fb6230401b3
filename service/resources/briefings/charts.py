"""Charts of a briefing: exports, imports and balance over time, and what partners contributed to growth."""

from collections.abc import Iterator
from dataclasses import dataclass

from service.api.charts.bar_chart import order_by_size, ranking_column
from service.api.charts.findings import balance_finding, ranking_finding
from service.domain.periods import parse_period, period_text
from service.resources.briefings.data_source import BriefingData
from service.resources.briefings.request import FLOW_CODE_BY_NAME, MAX_LIMIT, BriefingRequest

MAX_CHART_PERIODS = 25


@dataclass(frozen=True)
class Chart:
    """A chart of a section: its finding, the URL of its image, and the URL of its page."""

    section: str
    title: str
    image_url: str
    page_url: str


def briefing_charts(briefing_data: BriefingData, request: BriefingRequest) -> list[Chart]:
    """Return the charts of a briefing; charts without figures are left out."""
    return [*_balance_chart(briefing_data, request), *_partner_charts(briefing_data, request)]


def _balance_chart(briefing_data: BriefingData, request: BriefingRequest) -> Iterator[Chart]:
    """Yield the chart of exports, imports and balance; nothing where only one period is published."""
    _, parameters = briefing_data.fetch_known_rows(
        "/v1/balances", required_column="balance", growth_column="balance_change"
    )
    last = parse_period(request.period)
    first = period_text(last.first_month - (MAX_CHART_PERIODS - 1) * last.months, months=last.months)
    parameters = {**parameters, "period": f"{first}..{request.period}"}
    rows = briefing_data.fetch_rows("/v1/balances", **parameters, limit=MAX_LIMIT)
    known_rows = [row for row in rows if row["balance"] is not None]
    if len(known_rows) > 1:
        title = balance_finding(known_rows[-1], reporter_name=request.reporter_name)
        yield _chart(briefing_data, "balance", title, "/v1/balances", parameters)


def _partner_charts(briefing_data: BriefingData, request: BriefingRequest) -> Iterator[Chart]:
    """Yield for each flow the chart of contributions to growth; of values where no growth is known."""
    for code in FLOW_CODE_BY_NAME.values():
        rows, parameters = briefing_data.fetch_known_rows("/v1/partners", flow=code, limit=MAX_LIMIT)
        contributions = order_by_size(rows, "partner_contribution_pp")
        measure = "contribution" if contributions else "value"
        leading = contributions or (order_by_size(rows, ranking_column(rows[0], measure)) if rows else [])
        if leading:
            title = ranking_finding(leading[0], measure, reporter_name=request.reporter_name)
            chart_parameters = {**parameters, "limit": None, "chart": "contribution" if contributions else None}
            yield _chart(
                briefing_data, "contributions" if contributions else "partners", title, "/v1/partners", chart_parameters
            )


def _chart(
    briefing_data: BriefingData, section: str, title: str, path: str, parameters: dict[str, str | None]
) -> Chart:
    image_url = briefing_data.link(path, **{**parameters, "format": "svg"})
    return Chart(section, title, image_url, briefing_data.link(path, **{**parameters, "format": "html"}))

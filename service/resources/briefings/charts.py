"""The chart of a briefing: exports, imports and balance over two years or more."""

from dataclasses import dataclass

from service.api.charts.findings import balance_finding
from service.domain.periods import parse_period, period_text
from service.resources.briefings.data_source import BriefingData
from service.resources.briefings.request import MAX_LIMIT, BriefingRequest

MAX_CHART_PERIODS = 25


@dataclass(frozen=True)
class Chart:
    """A chart: its finding, the URL of its image, and the URL of its page."""

    title: str
    image_url: str
    page_url: str


def balance_over_time(briefing_data: BriefingData, request: BriefingRequest) -> Chart | None:
    """Return the chart of exports, imports and balance; null where only one period is published."""
    _, parameters = briefing_data.fetch_known_rows(
        "/v1/balances", required_column="balance", growth_column="balance_change"
    )
    last = parse_period(request.period)
    first = period_text(last.first_month - (MAX_CHART_PERIODS - 1) * last.months, months=last.months)
    parameters = {**parameters, "period": f"{first}..{request.period}"}
    rows = briefing_data.fetch_rows("/v1/balances", **parameters, limit=MAX_LIMIT)
    known_rows = [row for row in rows if row["balance"] is not None]
    if len(known_rows) < 2:
        return None
    title = balance_finding(known_rows[-1], reporter_name=request.reporter_name)
    image_url = briefing_data.link("/v1/balances", **{**parameters, "format": "svg"})
    return Chart(title, image_url, briefing_data.link("/v1/balances", **{**parameters, "format": "html"}))

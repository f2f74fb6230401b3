"""The resources /v1/briefings and /v1/briefings/{reporter}: the lists of available briefings."""

from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import DataRequest, build_url
from service.api.responses.list_resource import ListResource, ListRows
from service.domain.flows import FLOWS
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import period_text
from service.models import Dataset
from service.resources.briefings.schemas import BriefingLinkRow


def briefing_rows(context: Context, request: DataRequest) -> ListRows:
    """Return a row for each reporter and published period, ordered by reporter and period.

    :raises InvalidRequest: the reporter in the path is unknown.
    """
    code = request.parameters.get("reporter")
    reporter_id = None if code is None else context.find_area("reporter", code).id
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for dataset in context.reference.published_datasets(None):
        if reporter_id in (None, dataset.reporter_id):
            rows |= {(row["reporter"], row["period"]): row for row in _dataset_rows(context, dataset)}
    return ListRows([row for _, row in sorted(rows.items())])


BRIEFINGS = ListResource(BriefingLinkRow, ("reporter", "period"), briefing_rows)


def _dataset_rows(context: Context, dataset: Dataset) -> list[dict[str, Any]]:
    """Return a row for each period in which a dataset published exports or imports."""
    months = MONTHS_PER_PERIOD[dataset.frequency]
    reporter = context.reference.areas[dataset.reporter_id]
    calendar = context.reference.publication_calendar(context.session, dataset.id)
    published = calendar.published_months(None, period_months=months, source_period_months=months)
    if published.span is None:
        return []
    first, last = published.span
    flows = (FLOWS["X"], FLOWS["M"])
    periods = (
        period_text(month, months=months)
        for month in range(first, last + 1)
        if any(published.month_count(flow, month) for flow in flows)
    )
    return [
        {
            "reporter": reporter.code,
            "reporter_name": reporter.name,
            "period": period,
            "frequency": dataset.frequency,
            "briefing": build_url(f"/v1/briefings/{reporter.code}/{period}", {}),
        }
        for period in periods
    ]

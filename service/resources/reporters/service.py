"""The resources /v1/reporters and /v1/reporters/{code}: the coverage and the newest totals of each dataset."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from service.analytics.figures.publication_calendar import PublicationCalendar
from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.reference_data import Reference
from service.api.responses.list_resource import ListResource, ListRows
from service.domain.codes import TOTAL_CODE
from service.domain.flows import FLOWS
from service.domain.frequencies import MONTHS_PER_PERIOD, MONTHS_PER_YEAR
from service.domain.periods import period_text
from service.models import Dataset, Release
from service.resources.reporters.queries import NewestPeriod, newest_totals
from service.resources.reporters.schemas import ReporterRow

TotalsByFlow = Mapping[tuple[int, int], Mapping[str, Any]]
TOTAL_FLOW_IDS = {"exports": FLOWS["X"], "imports": FLOWS["M"]}
MISSING_TOTALS = {"value": None, "yoy_pct": None, "yoy_status": "value_missing"}


def coverage_rows(context: Context, request: DataRequest) -> ListRows:
    """Return a row for each dataset with a release published by the day of `as_of`, ordered by code.

    The path parameter `code` limits the rows to the datasets of that reporter.

    :raises InvalidRequest: the reporter is unknown.
    """
    as_of, code = request.parameters.get("as_of"), request.parameters.get("code")
    reporter_id = None if code is None else context.find_area("reporter", code).id
    datasets = [
        dataset for dataset in context.reference.published_datasets(as_of) if reporter_id in (None, dataset.reporter_id)
    ]
    calendars = context.reference.publication_calendars(context.session, [dataset.id for dataset in datasets])
    spans = {
        dataset.id: span
        for dataset in datasets
        if (span := _published_span(calendars[dataset.id], dataset, as_of)) is not None
    }
    totals = _newest_totals(context, [each for each in datasets if each.id in spans], spans, as_of)
    newest_releases = (context.reference.newest_release(dataset.id, as_of=as_of) for dataset in datasets)
    context.releases += [release.code for release in newest_releases if release is not None]
    return ListRows([_row(context.reference, dataset, as_of, spans.get(dataset.id), totals) for dataset in datasets])


REPORTERS = ListResource(ReporterRow, ("dataset",), coverage_rows)


def _published_span(calendar: PublicationCalendar, dataset: Dataset, as_of: date | None) -> tuple[int, int] | None:
    """Return the first months of the first and the last published period; null where none is published."""
    span, months = calendar.span(TOTAL_FLOW_IDS.values(), as_of), MONTHS_PER_PERIOD[dataset.frequency]
    return None if span is None else (span[0] - span[0] % months, span[1] - span[1] % months)


def _row(
    reference: Reference, dataset: Dataset, as_of: date | None, span: tuple[int, int] | None, totals: TotalsByFlow
) -> dict[str, Any]:
    releases = _known_releases(reference, dataset, as_of)
    reporter, months = reference.areas[dataset.reporter_id], MONTHS_PER_PERIOD[dataset.frequency]
    first, last = (None, None) if span is None else (period_text(month, months=months) for month in span)
    return {
        "reporter": reporter.code,
        "reporter_name": reporter.name,
        "dataset": dataset.code,
        "title": dataset.title,
        "classification": reference.classifications[dataset.classification_id].code,
        "frequency": dataset.frequency,
        "currency": dataset.currency,
        "first_period": first,
        "latest_period": last,
        "releases": len(releases),
        "latest_release": releases[-1].code if releases else None,
        "attribution": dataset.attribution,
        **{
            f"{side}_{name}": totals.get((dataset.id, flow), MISSING_TOTALS)[name]
            for side, flow in TOTAL_FLOW_IDS.items()
            for name in ("value", "yoy_pct", "yoy_status")
        },
    }


def _newest_totals(
    context: Context, datasets: Sequence[Dataset], spans: Mapping[int, tuple[int, int]], as_of: date | None
) -> TotalsByFlow:
    """Return the totals of the newest periods by dataset and flow, read by one statement."""
    reference = context.reference
    calendars = reference.publication_calendars(context.session, [dataset.id for dataset in datasets])
    periods = []
    for dataset in datasets:
        published = calendars[dataset.id].published_periods(as_of)
        period = spans[dataset.id][1]
        commodities = reference.commodities(context.session, dataset.classification_id).commodity_by_code
        periods.append(
            NewestPeriod(
                dataset.id,
                commodities[TOTAL_CODE].id,
                period,
                10**dataset.unit_exponent,
                dataset.exhaustive,
                {flow: (flow, period - MONTHS_PER_YEAR) in published for flow in TOTAL_FLOW_IDS.values()},
            )
        )
    if not periods:
        return {}
    result = context.fetch(newest_totals(periods, world_id=reference.world.id, as_of=as_of))
    return {(row["dataset_id"], row["flow"]): row for row in result.mappings()}


def _known_releases(reference: Reference, dataset: Dataset, as_of: date | None) -> list[Release]:
    releases = (release for release in reference.releases.values() if release.dataset_id == dataset.id)
    known_releases = (release for release in releases if as_of is None or release.published_on <= as_of)
    return sorted(known_releases, key=lambda release: release.published_on)

"""Availability in UN Comtrade's API: periods with their releases, metadata, bulk files, the newest releases."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from service.api.database.context import Context
from service.api.responses.document_resource import DocumentResource
from service.api.responses.resource import Plan
from service.domain.codes import TOTAL_CODE
from service.errors import NotFound
from service.models import Dataset
from service.resources.comtrade.criteria import Criteria, read_criteria
from service.resources.comtrade.queries import figure_counts
from service.resources.comtrade.rows import ComtradeRow, area_columns, period_columns
from service.resources.comtrade.selection import search_code, select_parts
from service.resources.comtrade.service import ComtradeRows

MAX_LIVE_UPDATES = 100


def load_availability(context: Context, plan: Plan) -> ComtradeRows:
    """Return a row for each dataset and period that the validated request (`plan`) selects.

    A row has the number of figures, and the days of the first and the last release of the period.
    """
    rows = [
        columns | {"totalRecords": count, "firstReleased": _timestamp(first), "lastReleased": _timestamp(last)}
        for columns, count, first, last in _available_periods(context, plan.request.parameters)
    ]
    return ComtradeRows(rows, len(rows))


def load_bulk_files(context: Context, plan: Plan) -> ComtradeRows:
    """Return a row, with the path of its file, for each dataset and period that the request (`plan`) selects."""
    rows = []
    for columns, count, _, last in _available_periods(context, plan.request.parameters):
        name = f"{columns['typeCode']}/{columns['freqCode']}/{columns['classificationCode']}"
        path = f"/bulk/v1/file/{name}/{columns['reporterCode']}/{columns['period']}.gz"
        published = _timestamp(last)
        rows.append(
            columns | {"totalRecords": count, "publicationDate": published, "timestamp": published, "fileUrl": path}
        )
    return ComtradeRows(rows, len(rows))


def load_metadata(context: Context, plan: Plan) -> ComtradeRows:
    """Return a row with publication notes for each dataset and period that the validated request (`plan`) selects.

    :raises NotFound: nothing matches the request; clients of UN Comtrade cannot read an empty list.
    """
    rows = []
    for columns, _, first, last in _available_periods(context, plan.request.parameters):
        dataset = next(each for each in context.reference.datasets.values() if each.code == columns["datasetCode"])
        notes = [_note(dataset, columns, day) for day in sorted({first, last})]
        rows.append(columns | {"notes": notes})
    if not rows:
        raise NotFound("No dataset has such a reporter and period; getDa lists those that are available.")
    return ComtradeRows(rows, len(rows))


def load_live_updates(context: Context, _plan: Plan) -> ComtradeRows:
    """Return a row for each of the newest releases, the newest first."""
    reference = context.reference
    releases = sorted(
        (release for release in reference.releases.values() if release.withdrawn_on is None),
        key=lambda release: (release.published_on, release.code),
        reverse=True,
    )
    rows = [
        _dataset_columns(context, reference.datasets[release.dataset_id])
        | {"release": release.code, "releasedDate": _timestamp(release.published_on), "totalRecords": release.rows}
        for release in releases[:MAX_LIVE_UPDATES]
    ]
    return ComtradeRows(rows, len(rows))


def _available_periods(
    context: Context, parameters: Mapping[str, Any]
) -> Iterator[tuple[ComtradeRow, int, date, date]]:
    """Yield for each dataset and period its columns, the number of figures, the first and the last day of release."""
    criteria = _criteria_of_totals(context, parameters)
    first_day, last_day = parameters["publisheddatefrom"], parameters["publisheddateto"]
    for part in select_parts(context, criteria):
        if part.dataset.frequency != criteria.frequency:
            continue
        days = _release_days(context, part.dataset)
        count_rows = context.fetch(figure_counts(part.dataset.id, part.periods)).rows
        counts: dict[int, int] = {row[0]: row[1] for row in count_rows}
        for period in part.periods:
            first, last = min(days[period]), max(days[period])
            if (first_day is None or str(last) >= first_day[:10]) and (last_day is None or str(last) <= last_day[:10]):
                columns = _dataset_columns(context, part.dataset) | period_columns(criteria.frequency, period)
                yield columns, counts.get(period, 0), first, last


def _criteria_of_totals(context: Context, parameters: Mapping[str, Any]) -> Criteria:
    """Return the criteria of a request with the commodity TOTAL, which is in every classification."""
    return replace(read_criteria(context, parameters), commodities=(TOTAL_CODE,))


def _release_days(context: Context, dataset: Dataset) -> dict[int, set[date]]:
    calendar = context.reference.publication_calendar(context.session, dataset.id)
    days: dict[int, set[date]] = defaultdict(set)
    for _, period, published_on, withdrawn_on in calendar.coverage:
        if withdrawn_on is None:
            days[period].add(published_on)
    return days


def _dataset_columns(context: Context, dataset: Dataset) -> ComtradeRow:
    classification = context.reference.classifications[dataset.classification_id]
    return {
        "datasetCode": dataset.code,
        "typeCode": "C",
        "freqCode": dataset.frequency,
        **area_columns(context, context.reference.areas[dataset.reporter_id], "reporter"),
        "classificationCode": classification.code,
        "classificationSearchCode": search_code(classification),
        "isOriginalClassification": True,
    }


def _note(dataset: Dataset, columns: ComtradeRow, published_on: date) -> ComtradeRow:
    names = ("typeCode", "freqCode", "refPeriodId", "period", "reporterCode", "reporterDesc", "classificationCode")
    return {
        "datasetCode": dataset.code,
        **{name: columns[name] for name in names},
        "publicationDate": _timestamp(published_on),
        "currency": dataset.currency,
        "importValuation": dataset.import_valuation,
        "exportValuation": dataset.export_valuation,
        "tradeSystem": dataset.trade_system,
        "publicationNote": f"{dataset.title}. {dataset.attribution}",
    }


def _timestamp(day: date) -> str:
    return f"{day}T00:00:00"


AVAILABILITY = DocumentResource(load_availability)
BULK_FILES = DocumentResource(load_bulk_files)
METADATA = DocumentResource(load_metadata)
LIVE_UPDATES = DocumentResource(load_live_updates)

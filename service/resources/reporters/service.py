"""The resources /v1/reporters and /v1/reporters/{code}: the coverage and the newest totals of each dataset."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.reference_data import Reference
from service.api.resolution.resolver import ResolvedRequest
from service.api.responses.list_resource import ListResource, ListRows
from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.flows import FLOWS
from service.domain.periods import PeriodRange, period_text
from service.models import Dataset, Release
from service.resources.reporters.queries import TOTALS_PAGE, newest_totals
from service.resources.reporters.schemas import ReporterRow

TOTAL_FLOW_IDS = {"exports": FLOWS["X"], "imports": FLOWS["M"]}
MISSING_TOTALS = {"value": None, "yoy_pct": None, "yoy_status": "value_missing"}


def coverage_rows(context: Context, request: DataRequest) -> ListRows:
    """Return a row for each dataset with a release published by the day of `as_of`, ordered by code.

    The path parameter `code` limits the rows to the datasets of that reporter.

    :raises InvalidRequest: the reporter is unknown.
    """
    as_of, reporter = request.parameters.get("as_of"), request.parameters.get("code")
    reporter_id = None if reporter is None else context.find_area("reporter", reporter).id
    datasets = context.reference.published_datasets(as_of)
    return ListRows(
        [_row(context, dataset, as_of) for dataset in datasets if reporter_id in (None, dataset.reporter_id)]
    )


REPORTERS = ListResource(ReporterRow, ("dataset",), coverage_rows)


def _row(context: Context, dataset: Dataset, as_of: date | None) -> dict[str, Any]:
    reference = context.reference
    resolved = _resolve_published_periods(context, dataset, as_of)
    releases = _known_releases(reference, dataset, as_of)
    reporter = reference.areas[dataset.reporter_id]
    row = {
        "reporter": reporter.code,
        "reporter_name": reporter.name,
        "dataset": dataset.code,
        "title": dataset.title,
        "classification": reference.classifications[dataset.classification_id].code,
        "frequency": dataset.frequency,
        "currency": dataset.currency,
        "first_period": None,
        "latest_period": None,
        "releases": len(releases),
        "latest_release": releases[-1].code if releases else None,
        "attribution": dataset.attribution,
    }
    if not resolved.empty_reason and resolved.scope is not None:
        ((first, last),) = resolved.scope.period_ranges
        row["first_period"], row["latest_period"] = (
            period_text(month, months=resolved.period_months) for month in (first, last)
        )
    return row | _total_columns(context, resolved)


def _resolve_published_periods(context: Context, dataset: Dataset, as_of: date | None) -> ResolvedRequest:
    parameters = {
        "reporter": context.reference.areas[dataset.reporter_id].code,
        "dataset": dataset.code,
        "partner": (WORLD_CODE,),
        "commodity": (TOTAL_CODE,),
        "flow": ("X", "M"),
        "frequency": dataset.frequency,
        "period": (PeriodRange(None, None),),
        "as_of": as_of,
    }
    return context.resolve(parameters)


def _total_columns(context: Context, resolved_request: ResolvedRequest) -> dict[str, Any]:
    totals_by_flow: dict[int, Mapping[str, Any]] = {}
    if not resolved_request.empty_reason and resolved_request.scope is not None:
        ((_, last),) = resolved_request.scope.period_ranges
        newest_period_scope = replace(resolved_request.scope, period_ranges=((last, last),))
        result = context.execute(newest_totals, newest_period_scope, TOTALS_PAGE, is_parameterizable=True)
        totals_by_flow = {row["flow"]: row for row in map(result.row_mapping, range(len(result.rows)))}
    return {
        f"{side}_{name}": totals_by_flow.get(flow, MISSING_TOTALS)[name]
        for side, flow in TOTAL_FLOW_IDS.items()
        for name in ("value", "yoy_pct", "yoy_status")
    }


def _known_releases(reference: Reference, dataset: Dataset, as_of: date | None) -> list[Release]:
    releases = (release for release in reference.releases.values() if release.dataset_id == dataset.id)
    known_releases = (release for release in releases if as_of is None or release.published_on <= as_of)
    return sorted(known_releases, key=lambda release: release.published_on)

"""Rows of /v1/reporters: each dataset's coverage beside its newest totals."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from service.api.database.request_context import current_reference, current_session
from service.api.resolution.reference_data import Reference
from service.api.resolution.resolver import RequestResolver, ResolvedRequest
from service.api.responses.table_response import execute_query
from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.flows import FLOWS
from service.domain.periods import PeriodRange, period_text
from service.models import Dataset, Release
from service.resources.reporters.queries import TOTALS_PAGE, newest_totals

TOTAL_FLOW_IDS = {"exports": FLOWS["X"], "imports": FLOWS["M"]}
MISSING_TOTALS = {"value": None, "yoy_pct": None, "yoy_status": "value_missing"}


def coverage_rows(*, as_of: date | None, reporter: str | None = None) -> list[dict[str, Any]]:
    """Return a row for each dataset, or for each of one reporter's, of which something was published by then, by code.

    :raises InvalidRequest: there is no such reporter.
    """
    reference = current_reference()
    wanted = (
        None
        if reporter is None
        else RequestResolver(current_session(), reference, {}).find_area("reporter", reporter).id
    )
    datasets = reference.published_datasets(as_of)
    return [_row(reference, dataset, as_of) for dataset in datasets if wanted in (None, dataset.reporter_id)]


def _row(reference: Reference, dataset: Dataset, as_of: date | None) -> dict[str, Any]:
    resolved = _resolve_published_periods(reference, dataset, as_of)
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
    return row | _total_columns(resolved)


def _resolve_published_periods(reference: Reference, dataset: Dataset, as_of: date | None) -> ResolvedRequest:
    parameters = {
        "reporter": reference.areas[dataset.reporter_id].code,
        "dataset": dataset.code,
        "partner": (WORLD_CODE,),
        "commodity": (TOTAL_CODE,),
        "flow": ("X", "M"),
        "frequency": dataset.frequency,
        "period": (PeriodRange(None, None),),
        "as_of": as_of,
    }
    return RequestResolver(current_session(), reference, parameters).resolve()


def _total_columns(resolved_request: ResolvedRequest) -> dict[str, Any]:
    found: dict[int, Mapping[str, Any]] = {}
    if not resolved_request.empty_reason and resolved_request.scope is not None:
        ((_, last),) = resolved_request.scope.period_ranges
        newest = replace(resolved_request.scope, period_ranges=((last, last),))
        rows = execute_query(newest_totals, newest, TOTALS_PAGE)
        found = {row["flow"]: row for row in map(rows.row_mapping, range(len(rows.rows)))}
    return {
        f"{side}_{name}": found.get(flow, MISSING_TOTALS)[name]
        for side, flow in TOTAL_FLOW_IDS.items()
        for name in ("value", "yoy_pct", "yoy_status")
    }


def _known_releases(reference: Reference, dataset: Dataset, as_of: date | None) -> list[Release]:
    own = (release for release in reference.releases.values() if release.dataset_id == dataset.id)
    known = (release for release in own if as_of is None or release.published_on <= as_of)
    return sorted(known, key=lambda release: release.published_on)

"""The metadata of rows, for the member `meta` of the envelope."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.api.parameters.request import DataRequest
from service.api.resolution.currency_conversion import EXCHANGE_RATE_SOURCE
from service.api.resolution.empty_reason import empty_reason
from service.api.resolution.reference_data import Reference
from service.api.resolution.resolver import ResolvedRequest
from service.domain.codes import ALL_KEYWORD
from service.domain.flows import FLOWS
from service.domain.periods import ranges_text
from service.models import Dataset


def response_metadata(
    resolved: ResolvedRequest, request: DataRequest, reference: Reference, *, row_count: int
) -> dict[str, Any]:
    """Return the member `meta` of a response with `row_count` rows, for a resolved request."""
    return {
        **combined_metadata([resolved], request, reference),
        "data_version": reference.state.version,
        "count": row_count,
        "empty_reason": None if row_count else empty_reason(resolved),
    }


def combined_metadata(
    resolved_requests: Sequence[ResolvedRequest], request: DataRequest, reference: Reference
) -> dict[str, Any]:
    """Return the metadata of rows that several resolved requests have produced, such as one for each dataset.

    The member `parameters` has the parameters of the first resolved request.
    """
    datasets = [dataset for each in resolved_requests for dataset in each.datasets]
    sources = [{"dataset": dataset.code, "attribution": dataset.attribution} for dataset in datasets]
    parameters = _resolved_parameters(resolved_requests[0], request, reference)
    for each in resolved_requests:
        if each.scope is not None and each.scope.conversion is not None:
            parameters |= {"currency": each.currency, "fx": each.scope.conversion.basis}
    return {
        "as_of": _knowledge_date(datasets, request.parameters, reference),
        "parameters": parameters,
        "sources": [*sources, EXCHANGE_RATE_SOURCE] if "fx" in parameters else sources,
    }


def _knowledge_date(datasets: Sequence[Dataset], parameters: Mapping[str, Any], reference: Reference) -> str | None:
    if parameters.get("as_of"):
        return str(parameters["as_of"])
    publication_days = (
        release.published_on for each in datasets for release in reference.releases_by_dataset.get(each.id, ())[:1]
    )
    newest_day = max(publication_days, default=None)
    return None if newest_day is None else str(newest_day)


def _resolved_parameters(resolved: ResolvedRequest, request: DataRequest, reference: Reference) -> dict[str, Any]:
    parameters = request.parameters
    resolved_parameters: dict[str, Any] = {"reporter": resolved.reporter.code}
    if "partner" in parameters:
        resolved_parameters["partner"] = sorted(
            {_canonical_area_code(code, reference) for code in parameters["partner"]}
        )
    if "commodity" in parameters:
        codes = {code.lower() if code.lower() == ALL_KEYWORD else code.upper() for code in parameters["commodity"]}
        resolved_parameters["commodity"] = sorted(codes)
    if "level" in parameters:
        resolved_parameters["level"] = sorted(parameters["level"])
    if "flow" in parameters:
        resolved_parameters["flow"] = [flow for flow in FLOWS if flow in parameters["flow"]]
    resolved_parameters["frequency"] = resolved.frequency
    if resolved.classification is not None:
        edition = resolved.classification
        resolved_parameters["classification"] = edition.family if resolved.editions else edition.code
    if "period" in request.query:
        resolved_parameters["period"] = ranges_text(parameters["period"])
    return resolved_parameters


def _canonical_area_code(code: str, reference: Reference) -> str:
    area = reference.area_lookup.find(code)
    return code if area is None else area.code

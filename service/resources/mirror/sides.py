"""The two sides of a flow, each resolved to a request for its dataset."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from service.api.resolution.currency_conversion import optional_conversion, validate_currency
from service.api.resolution.reference_data import SINGLE_AREA_KINDS
from service.api.resolution.resolver import ResolvedRequest
from service.domain.codes import TOTAL_CODE
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.errors import InvalidRequest, ParameterError
from service.models import Area, Dataset
from service.resources.mirror.common_periods import common_periods
from service.resources.mirror.dataset_selection import select_datasets
from service.resources.mirror.request import MirrorRequest


@dataclass(frozen=True)
class Side:
    """One country's side of the flow; `resolved_request` is null where none of its datasets matches the request."""

    country: Area
    resolved_request: ResolvedRequest | None = None


@dataclass(frozen=True)
class Sides:
    """Both sides of the flows between two countries, in one currency.

    `currency` is null where neither side has a matching dataset.
    """

    reporter_side: Side
    partner_side: Side
    currency: str | None = None

    @property
    def reference_side(self) -> ResolvedRequest | None:
        """Return the request of the side that determines the classification.

        This is the reporter's side, or the partner's where the reporter has no matching dataset; null where neither has
        one.
        """
        return self.reporter_side.resolved_request or self.partner_side.resolved_request


def resolve_sides(request: MirrorRequest) -> Sides:
    """Return both sides of the requested flows.

    Where the two sides use different classifications, only the total of all commodities is requested from the partner's
    dataset.

    :raises InvalidRequest: a code or a currency is unknown, or the reporter or the partner is not a single country.
    """
    reporter, partner = _resolve_country(request, "reporter"), _resolve_country(request, "partner")
    reporter_dataset, partner_dataset = select_datasets(request, reporter, partner)
    reference_dataset = reporter_dataset or partner_dataset
    if reference_dataset is None:
        return Sides(Side(reporter), Side(partner))
    currency = request.parameters.get("currency")
    if currency is None:
        currency = reference_dataset.currency
    else:
        currency = validate_currency(request.session, request.reference, "currency", currency)
    datasets_with_flows = ((reporter_dataset, request.reporter_flows), (partner_dataset, request.partner_flows))
    common_parameters = {"currency": currency, "period": common_periods(request, datasets_with_flows)}
    commodities = (
        request.parameters["commodity"]
        if partner_dataset and partner_dataset.classification_id == reference_dataset.classification_id
        else (TOTAL_CODE,)
    )
    reporter_parameters = common_parameters | {"partner": (partner.code,)}
    partner_parameters = common_parameters | {
        "partner": (reporter.code,),
        "flow": request.partner_flows,
        "commodity": commodities,
    }
    return Sides(
        reporter_side=_resolve_side(request, reporter, reporter_dataset, reporter_parameters),
        partner_side=_resolve_side(request, partner, partner_dataset, partner_parameters),
        currency=currency,
    )


def _resolve_country(request: MirrorRequest, parameter: str) -> Area:
    code: str = request.parameters[parameter]
    area = request.context.find_area(parameter, code)
    if area.kind not in SINGLE_AREA_KINDS:
        raise InvalidRequest(ParameterError(parameter, code, "each side of a flow is a single country, not a group"))
    return area


def _resolve_side(
    request: MirrorRequest, country: Area, dataset: Dataset | None, side_parameters: Mapping[str, Any]
) -> Side:
    if dataset is None:
        return Side(country)
    parameters = {
        **request.parameters,
        **side_parameters,
        "reporter": country.code,
        "dataset": dataset.code,
        "classification": None,
    }
    conversion = optional_conversion(
        request.session,
        request.reference,
        parameters,
        reported_currency=dataset.currency,
        period_months=MONTHS_PER_PERIOD[dataset.frequency],
    )
    resolved = request.context.resolve(parameters | {"currency": None, "fx": None})
    if resolved.scope is not None:
        resolved = replace(resolved, scope=replace(resolved.scope, conversion=conversion))
    return Side(country, resolved)

"""The two sides of a flow, each resolved to what is asked of its dataset."""

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
    """One country's report of its trade with the other; `resolved` is null where none of its datasets could answer."""

    country: Area
    resolved_request: ResolvedRequest | None = None


@dataclass(frozen=True)
class Sides:
    """Both reports of the flows between two countries, the reporter's own and the partner's, in one currency.

    `currency` is null where neither has a dataset that could answer.
    """

    reporter_side: Side
    partner_side: Side
    currency: str | None = None

    @property
    def reference_side(self) -> ResolvedRequest | None:
        """Return the side in whose classification goods are named: the reporter's, or the only one there is."""
        return self.reporter_side.resolved_request or self.partner_side.resolved_request


def resolve_sides(request: MirrorRequest) -> Sides:
    """Return both sides of what is asked.

    Where the classifications of both differ, only all goods are asked of the partner's.

    :raises InvalidRequest: a code or a currency is unknown, or one of the two is no single country.
    """
    reporter, partner = _resolve_country(request, "reporter"), _resolve_country(request, "partner")
    own, mirror = select_datasets(request, reporter, partner)
    lead = own or mirror
    if lead is None:
        return Sides(Side(reporter), Side(partner))
    asked = request.parameters.get("currency")
    currency = (
        lead.currency if asked is None else validate_currency(request.session, request.reference, "currency", asked)
    )
    same = {
        "currency": currency,
        "period": common_periods(request, ((own, request.reporter_flows), (mirror, request.partner_flows))),
    }
    goods = (
        request.parameters["commodity"]
        if mirror and mirror.classification_id == lead.classification_id
        else (TOTAL_CODE,)
    )
    of_mirror = {"partner": (reporter.code,), "flow": request.partner_flows, "commodity": goods}
    return Sides(
        reporter_side=_resolve_side(request, reporter, own, same | {"partner": (partner.code,)}),
        partner_side=_resolve_side(request, partner, mirror, same | of_mirror),
        currency=currency,
    )


def _resolve_country(request: MirrorRequest, parameter: str) -> Area:
    code: str = request.parameters[parameter]
    area = request.context.find_area(parameter, code)
    if area.kind not in SINGLE_AREA_KINDS:
        raise InvalidRequest(
            ParameterError(parameter, code, "each side of a flow is a single country, not a group", ["CHN"])
        )
    return area


def _resolve_side(
    request: MirrorRequest, country: Area, dataset: Dataset | None, side_parameters: Mapping[str, Any]
) -> Side:
    if dataset is None:
        return Side(country)
    asked = {
        **request.parameters,
        **side_parameters,
        "reporter": country.code,
        "dataset": dataset.code,
        "classification": None,
    }
    conversion = optional_conversion(
        request.session,
        request.reference,
        asked,
        reported_currency=dataset.currency,
        period_months=MONTHS_PER_PERIOD[dataset.frequency],
    )
    resolved = request.context.resolve(asked | {"currency": None, "fx": None})
    if resolved.scope is not None:
        resolved = replace(resolved, scope=replace(resolved.scope, conversion=conversion))
    return Side(country, resolved)

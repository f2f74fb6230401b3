"""The resource /v1/measures/{code}/trade: trade in affected commodities before and after an event of a measure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from service.analytics.measures.event_window import EventWindow, event_window
from service.analytics.sql.keyset_pagination import Order
from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.dataset_selection import choose_dataset
from service.api.resolution.reference_data import Reference
from service.api.responses.resource import Plan, Resource, Result
from service.api.responses.table_resource import ExportResult, TablePlan, TableResource
from service.domain.codes import WORLD_CODE
from service.domain.periods import Period, PeriodRange, period_text
from service.domain.suggestions import closest_words
from service.errors import InvalidRequest, ParameterError
from service.resources.measures.queries import event_window_trade
from service.resources.measures.repository import AffectedCommodity, MeasureWithScope, fetch_measure
from service.resources.measures.trade_schemas import MeasureTradeRow

ORDER = tuple(Order(column, is_not_null=True) for column in ("commodity_id", "flow", "partner_id"))
MAX_SERIES = 1000


@dataclass(frozen=True)
class MeasureTradePlan(Plan):
    """A validated request for affected trade.

    `table` is the resource that selects the rows, for the months before and after the event; `table_plan` is its own
    plan.
    """

    table: TableResource
    table_plan: TablePlan

    @property
    def key(self) -> tuple[Any, ...]:
        """Return the values that, with the build of the service and the data version, determine the response."""
        return self.table_plan.key


class MeasureTradeResource(Resource[MeasureTradePlan, Result | ExportResult]):
    """The trade that a measure affects, in the months before and after one of its events."""

    def plan(self, context: Context, request: DataRequest, format_name: str) -> MeasureTradePlan:
        """Return the validated request.

        :raises NotFound: the measure is unknown.
        :raises InvalidRequest: the measure has no such event, or does not affect a requested commodity or flow.
        """
        parameters = request.parameters
        measure = fetch_measure(context, parameters["code"], as_of=parameters.get("as_of"))
        event, day = _requested_event(measure, parameters.get("event"))
        window = event_window(day, last_counted_month=parameters.get("until"))
        constants = {"measure": parameters["code"], "event": event, "event_on": str(day), **_window_columns(window)}
        table = TableResource(
            MeasureTradeRow,
            partial(event_window_trade, window=window, constants=constants),
            default_order=ORDER,
            key_order=ORDER,
            default_labels=True,
            max_series=MAX_SERIES,
            is_parameterizable=False,
        )
        span = PeriodRange(Period(window.first_month, 1), Period(window.last_month, 1))
        trade_request = request.replace_parameters(**_trade_parameters(context, measure, parameters), period=(span,))
        return MeasureTradePlan(request, format_name, table, table.plan(context, trade_request, format_name))

    def execute(self, context: Context, plan: MeasureTradePlan) -> Result | ExportResult:
        """Return the rows of a validated request."""
        return plan.table.execute(context, plan.table_plan)


MEASURE_TRADE = MeasureTradeResource()


def _requested_event(scoped_measure: MeasureWithScope, event: str | None) -> tuple[str, date]:
    """Return the requested event and its day; by default the first day in force, or the announcement if none is set.

    :raises InvalidRequest: the measure has no first day in force.
    """
    in_force_on = scoped_measure.measure.in_force_on
    if event == "announced" or (event is None and in_force_on is None):
        return "announced", scoped_measure.measure.announced_on
    if in_force_on is None:
        reason = "the measure has no date of entry into force; use its announcement"
        raise InvalidRequest(ParameterError("event", "in_force", reason, ["announced"]))
    return "in_force", in_force_on


def _window_columns(window: EventWindow) -> dict[str, str]:
    """Return the first and last months of the windows before and after the event, by column."""
    return {
        f"{name}_{end}": period_text(month, months=1)
        for name, months in (("before", window.pre_event_range), ("since", window.post_event_range))
        for end, month in zip(("first", "last"), months, strict=True)
    }


def _trade_parameters(
    context: Context, scoped_measure: MeasureWithScope, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the query parameters for the affected trade: reporter, partners, flows, commodities and edition."""
    areas = context.reference.areas
    reporter = areas[scoped_measure.measure.reporter_id].code
    affected_partners = tuple(areas[key].code for key in scoped_measure.partners)
    commodities = _selected_commodities(context.reference, scoped_measure.commodities, parameters)
    edition = _first_loaded_edition(
        context,
        dict.fromkeys(commodity.classification for commodity in commodities),
        {**parameters, "reporter": reporter},
    )
    return {
        "reporter": reporter,
        "partner": parameters.get("partner") or (*affected_partners, WORLD_CODE),
        "flow": _selected_flows(scoped_measure.measure.flows, parameters.get("flow", ())),
        "commodity": tuple(commodity.commodity for commodity in commodities if commodity.classification == edition),
        "classification": edition,
        "frequency": "M",
    }


def _selected_flows(affected_flows: Sequence[str], requested_flows: Sequence[str]) -> tuple[str, ...]:
    """Return the requested flows, by default all affected ones.

    :raises InvalidRequest: the measure does not affect a requested flow.
    """
    for flow in requested_flows:
        if flow not in affected_flows:
            reason = f"the measure does not affect it; it affects {', '.join(affected_flows)}"
            raise InvalidRequest(ParameterError("flow", flow, reason, list(affected_flows)))
    return tuple(requested_flows or affected_flows)


def _selected_commodities(
    reference: Reference, commodities: Sequence[AffectedCommodity], parameters: Mapping[str, Any]
) -> list[AffectedCommodity]:
    """Return the affected commodities with a requested code and in the requested classification, by default all.

    :raises InvalidRequest: the measure does not affect a requested commodity, or is not mapped to the classification.
    """
    families = {edition.code: edition.family for edition in reference.classifications.values()}
    classification = parameters.get("classification", "").upper()
    candidates = [
        commodity
        for commodity in commodities
        if classification in {"", commodity.classification, families[commodity.classification]}
    ]
    if not candidates:
        editions = list(dict.fromkeys(commodity.classification for commodity in commodities))
        reason = f"the commodities of the measure are codes of {', '.join(editions)}"
        raise InvalidRequest(ParameterError("classification", parameters["classification"], reason, editions))
    requested_codes = [code.upper() for code in parameters.get("commodity", ())]
    affected_codes = dict.fromkeys(commodity.commodity for commodity in candidates)
    for code in requested_codes:
        if code not in affected_codes:
            reason = f"the measure does not affect it; it affects {', '.join(affected_codes)}"
            raise InvalidRequest(ParameterError("commodity", code, reason, closest_words(code, affected_codes)))
    return [commodity for commodity in candidates if not requested_codes or commodity.commodity in requested_codes]


def _first_loaded_edition(context: Context, editions: Iterable[str], parameters: Mapping[str, Any]) -> str:
    """Return the first of `editions` in which a monthly dataset of the reporter is loaded; the first where none is.

    :raises InvalidRequest: the requested dataset uses none of the editions.
    """
    session, reference = context.session, context.reference
    reporter, codes = context.find_area("reporter", parameters["reporter"]), list(editions)
    if "dataset" in parameters:
        dataset_parameters = {"frequency": "M", "dataset": parameters["dataset"]}
        dataset = choose_dataset(session, reference, reporter, dataset_parameters)
        if dataset is None:
            return codes[0]
        edition = reference.classifications[dataset.classification_id].code
        if edition not in codes:
            reason = f"the commodities of the measure are codes of {', '.join(codes)}, and the dataset uses {edition}"
            raise InvalidRequest(ParameterError("dataset", parameters["dataset"], reason))
        return edition
    loaded_editions = (
        code
        for code in codes
        if choose_dataset(session, reference, reporter, {"frequency": "M", "classification": code})
    )
    return next(loaded_editions, codes[0])

"""The resource /v1/measures/{code}/trade: trade in the commodities that a measure affects, before and since."""

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
    """A planned request for the trade that a measure affects: the table with the columns of the event, and its plan."""

    table: TableResource
    table_plan: TablePlan

    @property
    def key(self) -> tuple[Any, ...]:
        """Return all that determines the response, beside the build of the service and the data version."""
        return self.table_plan.key


class MeasureTradeResource(Resource[MeasureTradePlan, Result | ExportResult]):
    """The trade that a measure affects, in the months around one of its events."""

    def plan(self, context: Context, request: DataRequest, format_name: str) -> MeasureTradePlan:
        """Return the plan of a request.

        :raises NotFound: the measure is unknown.
        :raises InvalidRequest: it has no such event, or does not affect such commodities or partners.
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
        )
        span = PeriodRange(Period(window.first_month, 1), Period(window.last_month, 1))
        trade_request = request.with_parameters(**_trade_parameters(context, measure, parameters), period=(span,))
        return MeasureTradePlan(request, format_name, table, table.plan(context, trade_request, format_name))

    def execute(self, context: Context, plan: MeasureTradePlan) -> Result | ExportResult:
        """Return the rows of a plan."""
        return plan.table.execute(context, plan.table_plan)


MEASURE_TRADE = MeasureTradeResource()


def _requested_event(scoped_measure: MeasureWithScope, event: str | None) -> tuple[str, date]:
    """Return which event is asked for, and its day; where none is asked for, the first day in force if one is set."""
    in_force_on = scoped_measure.measure.in_force_on
    if event == "announced" or (event is None and in_force_on is None):
        return "announced", scoped_measure.measure.announced_on
    if in_force_on is None:
        reason = "no day is set on which the measure takes effect; ask for the day of its announcement"
        raise InvalidRequest(ParameterError("event", "in_force", reason, ["announced"]))
    return "in_force", in_force_on


def _window_columns(window: EventWindow) -> dict[str, str]:
    """Return the first and last months of both windows, by the names of their columns."""
    return {
        f"{name}_{end}": period_text(month, months=1)
        for name, months in (("before", window.pre_event_range), ("since", window.post_event_range))
        for end, month in zip(("first", "last"), months, strict=True)
    }


def _trade_parameters(
    context: Context, scoped_measure: MeasureWithScope, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the question about figures that the answer is to: whose trade, in what, with whom, in which edition."""
    areas = context.reference.areas
    reporter = areas[scoped_measure.measure.reporter_id].code
    named = tuple(areas[key].code for key in scoped_measure.partners)
    goods = _selected_commodities(context.reference, scoped_measure.commodities, parameters)
    edition = _first_loaded_edition(
        context, dict.fromkeys(good.classification for good in goods), {**parameters, "reporter": reporter}
    )
    return {
        "reporter": reporter,
        "partner": parameters.get("partner") or (*named, WORLD_CODE),
        "flow": _selected_flows(scoped_measure.measure.flows, parameters.get("flow", ())),
        "commodity": tuple(good.commodity for good in goods if good.classification == edition),
        "classification": edition,
        "frequency": "M",
    }


def _selected_flows(affected_flows: Sequence[str], requested_flows: Sequence[str]) -> tuple[str, ...]:
    """Return the flows that are asked for, or else all.

    :raises InvalidRequest: the measure does not affect one.
    """
    for flow in requested_flows:
        if flow not in affected_flows:
            reason = f"the measure does not affect it; it affects {', '.join(affected_flows)}"
            raise InvalidRequest(ParameterError("flow", flow, reason, list(affected_flows)))
    return tuple(requested_flows or affected_flows)


def _selected_commodities(
    reference: Reference, commodities: Sequence[AffectedCommodity], parameters: Mapping[str, Any]
) -> list[AffectedCommodity]:
    """Return the goods of the commodities and of the classification that are asked for, or else all.

    :raises InvalidRequest: the measure does not affect such a commodity, or its goods are in no such classification.
    """
    families = {own.code: own.family for own in reference.classifications.values()}
    wanted = parameters.get("classification", "").upper()
    found = [good for good in commodities if wanted in {"", good.classification, families[good.classification]}]
    if not found:
        editions = list(dict.fromkeys(good.classification for good in commodities))
        reason = f"the goods of the measure are given in {', '.join(editions)}"
        raise InvalidRequest(ParameterError("classification", parameters["classification"], reason, editions))
    codes = [code.upper() for code in parameters.get("commodity", ())]
    affected = dict.fromkeys(good.commodity for good in found)
    for code in codes:
        if code not in affected:
            reason = f"the measure does not affect it; it affects {', '.join(affected)}"
            raise InvalidRequest(
                ParameterError("commodity", code, reason, closest_words(code, affected) or list(affected)[:5])
            )
    return [good for good in found if not codes or good.commodity in codes]


def _first_loaded_edition(context: Context, editions: Iterable[str], parameters: Mapping[str, Any]) -> str:
    """Return the first of `editions` in which months of the reporter's trade are loaded; the first where none is.

    :raises InvalidRequest: the dataset asked for is in none of them.
    """
    session, reference = context.session, context.reference
    reporter = reference.area_by_code[parameters["reporter"]]
    question = {"frequency": "M"} | {name: parameters[name] for name in ("dataset",) if name in parameters}
    by_edition = {code: question | {"classification": code} for code in editions}
    if "dataset" in parameters:
        dataset = choose_dataset(session, reference, reporter, question)
        if dataset is None:
            return next(iter(by_edition))
        named = reference.classifications[dataset.classification_id].code
        if named not in by_edition:
            reason = f"the goods of the measure are given in {', '.join(by_edition)}, and its figures in {named}"
            raise InvalidRequest(ParameterError("dataset", parameters["dataset"], reason))
        return named
    loaded = (code for code, asks in by_edition.items() if choose_dataset(session, reference, reporter, asks))
    return next(loaded, next(iter(by_edition)))

"""Selection of the datasets of a request to UN Comtrade's API, and the scopes of its queries."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import KeySet
from service.api.database.context import Context
from service.api.resolution.currency_conversion import optional_conversion
from service.api.resolution.reference_data import Commodities
from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.flows import FLOW_CODES
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import Period, PeriodRange
from service.errors import InvalidRequest, ParameterError
from service.models import Classification, Dataset
from service.resources.comtrade.criteria import LEVEL_PATTERN, Criteria

CURRENCY = "USD"
HS_SEARCH_CODE = "HS"
SITC_SEARCH_CODE = "SS"


@dataclass(frozen=True)
class SelectedPart:
    """The part of a request that one dataset answers: flows, and periods by their first month."""

    dataset: Dataset
    classification: Classification
    flows: tuple[int, ...]
    periods: tuple[int, ...]


def select_parts(context: Context, criteria: Criteria) -> list[SelectedPart]:
    """Return the parts of a request, each answered by one dataset.

    For each period and flow of a reporter, a dataset in HS is preferred, then official data over the demo, then stored
    periods over sums of shorter ones, then the newest edition. A request in HS for the total alone is answered by
    a dataset in another classification where none in HS has it.
    """
    if not criteria.has_rows:
        return []
    reporters = context.reference.datasets_by_reporter
    requested_reporters = sorted(reporters if criteria.reporters is None else criteria.reporters & reporters.keys())
    return [part for reporter in requested_reporters for part in _parts_of_reporter(context, criteria, reporter)]


def _parts_of_reporter(context: Context, criteria: Criteria, reporter_id: int) -> Iterator[SelectedPart]:
    selected: set[tuple[int, int]] = set()
    for dataset in sorted(
        context.reference.datasets_by_reporter[reporter_id], key=lambda each: _preference(context, each), reverse=True
    ):
        classification = context.reference.classifications[dataset.classification_id]
        if not _matches_classification(classification, criteria):
            continue
        available = _complete_periods(context, dataset, criteria) - selected
        selected |= available
        periods_by_flow: dict[int, list[int]] = defaultdict(list)
        for flow, period in sorted(available):
            periods_by_flow[flow].append(period)
        flows_by_periods: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for flow, flow_periods in periods_by_flow.items():
            flows_by_periods[tuple(flow_periods)].append(flow)
        for periods, flows in flows_by_periods.items():
            yield SelectedPart(dataset, classification, tuple(flows), periods)


def _preference(context: Context, dataset: Dataset) -> tuple[bool, bool, int, str, str]:
    edition = context.reference.classifications[dataset.classification_id]
    is_official = not dataset.code.endswith("-demo")
    period_months = MONTHS_PER_PERIOD[dataset.frequency]
    return edition.family == HS_SEARCH_CODE, is_official, period_months, edition.code, dataset.code


def _matches_classification(classification: Classification, criteria: Criteria) -> bool:
    requested = criteria.classification
    if requested in {HS_SEARCH_CODE, "TM"}:
        is_total_only = criteria.commodities is not None and set(criteria.commodities) == {TOTAL_CODE}
        return classification.family == HS_SEARCH_CODE or is_total_only
    return requested in {classification.code, classification.family, search_code(classification)}


def search_code(classification: Classification) -> str:
    """Return the code that UN Comtrade uses for all editions of a classification together, such as `HS`."""
    is_sitc = classification.code[0] == "S" and classification.code[1:].isdigit()
    return SITC_SEARCH_CODE if is_sitc else classification.family


def _complete_periods(context: Context, dataset: Dataset, criteria: Criteria) -> set[tuple[int, int]]:
    """Return the requested flows and periods, each with all its months published."""
    months, source_months = criteria.period_months, MONTHS_PER_PERIOD[dataset.frequency]
    if months % source_months:
        return set()
    calendar = context.reference.publication_calendar(context.session, dataset.id)
    published = calendar.published_months(None, period_months=months, source_period_months=source_months)
    first, last = published.span or (0, -1)
    return {
        (flow, period)
        for flow in criteria.flows
        for period in range(first, last + 1)
        if published.month_count(flow, period) == months and (criteria.periods is None or period in criteria.periods)
    }


def part_scope(context: Context, criteria: Criteria, part: SelectedPart) -> QueryScope | None:
    """Return the query scope of a part, converted to dollars; null where its dataset has no requested commodity."""
    reference, dataset = context.reference, part.dataset
    period_ranges = tuple(
        PeriodRange(period, period) for period in (Period(first, criteria.period_months) for first in part.periods)
    )
    resolved = context.resolve(
        {
            "reporter": reference.areas[dataset.reporter_id].code,
            "dataset": dataset.code,
            "frequency": criteria.frequency,
            "flow": tuple(FLOW_CODES[flow] for flow in part.flows),
            "partner": (WORLD_CODE,),
            "commodity": (TOTAL_CODE,),
            "period": period_ranges,
        }
    )
    assert resolved.scope is not None
    assert resolved.commodities is not None
    keys = _commodity_keys(resolved.commodities, criteria)
    if not keys:
        return None
    conversion = optional_conversion(
        context.session,
        reference,
        {"currency": CURRENCY},
        reported_currency=dataset.currency,
        period_months=MONTHS_PER_PERIOD[dataset.frequency],
    )
    return replace(
        resolved.scope,
        partners=criteria.partners or tuple(sorted({reference.world.id, *reference.single_areas})),
        commodities=keys,
        commodity_keys=KeySet(keys=keys),
        conversion=conversion,
    )


def _commodity_keys(edition: Commodities, criteria: Criteria) -> tuple[int, ...]:
    if criteria.commodities is None:
        return tuple(sorted(edition.commodity_by_id))
    keys: set[int] = set()
    for code in criteria.commodities:
        if level := LEVEL_PATTERN.fullmatch(code):
            keys |= {key for key, each in edition.commodity_by_id.items() if each.level == int(level[1])}
        elif code in edition.commodity_by_code:
            keys.add(edition.commodity_by_code[code].id)
    return tuple(sorted(keys))


def check_commodities(context: Context, criteria: Criteria, parts: list[SelectedPart]) -> None:
    """Check that each requested commodity is in the classification of a selected dataset.

    :raises InvalidRequest: a commodity is in none of these classifications.
    """
    editions = [
        context.reference.commodities(context.session, part.classification.id).commodity_by_code for part in parts
    ]
    unknown = [
        code
        for code in criteria.commodities or ()
        if not LEVEL_PATTERN.fullmatch(code) and not any(code in edition for edition in editions)
    ]
    if parts and unknown:
        reason = f"it is not a code of {', '.join(sorted({part.classification.code for part in parts}))}"
        raise InvalidRequest(*(ParameterError("cmdCode", code, reason) for code in unknown))

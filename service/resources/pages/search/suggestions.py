"""Search in words: a question such as `exports of cars to China since 2022`, read as queries of the explorer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from service.api.charts.series import describe_trade
from service.api.database.context import Context
from service.api.resolution.dataset_selection import default_frequency, matching_datasets, ranked_reporters
from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.text import format_area, possessive
from service.models import Dataset
from service.resources.pages.names import NameTable, commodity_names, partner_names, reporter_names
from service.resources.pages.query import ExplorerQuery, resolve_query
from service.resources.pages.search.question import Question, read_commodities, read_question

VIEW_ENDINGS = {"partners": ", by partner", "commodities": ", by commodity", "revisions": ", as revised"}
FREQUENCY_ENDINGS = {"Q": ", quarterly", "H": ", half-yearly", "A": ", yearly", "F": ", by fiscal year"}


@dataclass(frozen=True)
class Suggestion:
    """A page that answers a search, in words, and its URL."""

    text: str
    url: str


@dataclass(frozen=True)
class SearchResult:
    """The pages that answer a search, the best first. `is_certain` says that every word was understood."""

    text: str
    suggestions: Sequence[Suggestion] = ()
    is_certain: bool = False


def search(context: Context, text: str) -> SearchResult:
    """Return the pages that answer a question in words; none where no word is recognised or nothing is loaded."""
    datasets = context.reference.published_datasets(None)
    if not datasets:
        return SearchResult(text)
    reporters = reporter_names(context.reference, datasets)
    partners = partner_names(context.reference)
    question = read_question(text, partners, reporters)
    ranked = ranked_reporters(context.reference, datasets)
    if question.reporter is None and ranked[0] in question.partners:
        question.reporter = next((code for code in ranked if code not in question.partners), None)
    question, commodities = _read_commodities(context, question, datasets)
    if not (question.has_subject or (question.has_modifier and not question.unknown)):
        return SearchResult(text)
    names = {**partners.names, **commodities.names}
    suggestions = list(dict.fromkeys(_suggestions(context, question, names)))
    return SearchResult(text, suggestions, is_certain=_is_certain(question))


def _read_commodities(context: Context, question: Question, datasets: Sequence[Dataset]) -> tuple[Question, NameTable]:
    """Return a question with its commodities, and the names of all commodities of its reporter.

    They are of the first classification that knows every word. A question without a reporter is on the newest one, or
    on another one that has the commodities.
    """
    reporters = [question.reporter] if question.reporter else ranked_reporters(context.reference, datasets)
    readings: dict[int, tuple[Question, NameTable]] = {}
    for reporter in reporters:
        for dataset in _preferred_datasets(context, reporter, question.frequency):
            if dataset.classification_id in readings:
                continue
            commodities = commodity_names(context, [dataset])
            reading = read_commodities(question, commodities)
            readings[dataset.classification_id] = reading, commodities
            if not reading.unknown:
                owner = question.reporter if reporter == reporters[0] else reporter
                return replace(reading, reporter=owner), commodities
    return next(iter(readings.values()))


def _preferred_datasets(context: Context, reporter: str, frequency: str | None) -> list[Dataset]:
    """Return the datasets of a reporter, first those that answer a request of a frequency, the best of them first."""
    reference, area = context.reference, context.reference.area_lookup.area_by_code[reporter]
    frequency = frequency or default_frequency(context.session, reference, {"reporter": reporter})
    matching = matching_datasets(context.session, reference, area, {"frequency": frequency})
    return list(dict.fromkeys([*matching, *reference.datasets_by_reporter[area.id]]))


def _is_certain(question: Question) -> bool:
    """Return whether every word was understood, and the question is on one view."""
    is_specific = bool(question.flow or question.view == "balances" or (question.partners and question.commodities))
    is_plain = question.has_modifier and not (question.partners or question.commodities or question.view)
    is_clear = not question.unknown and not question.is_mirrored and len(question.commodities) < 2
    return (is_specific or is_plain) and is_clear


def _suggestions(context: Context, question: Question, names: Mapping[str, str]) -> Iterator[Suggestion]:
    """Yield the pages that answer a question: the requested view, for each commodity the flow, and rankings."""
    partner = ",".join(question.partners)
    flows = [question.flow] if question.flow else ["X", "M"]
    shared = {
        "reporter": question.reporter,
        "currency": question.currency,
        "period": question.period,
        "frequency": question.frequency,
        "chart": question.measure if question.measure != "contribution" else None,
    }
    ranking = {**shared, "chart": question.measure if question.measure != "index" else None}
    balance = {**shared, "chart": None}
    commodities = question.commodities or [""]
    commodity = commodities[0]
    if question.view == "balances":
        yield _suggestion(context, names, view="balances", partner=partner, commodity=commodity, **balance)
    elif question.view:
        for flow in flows:
            yield _suggestion(
                context, names, view=question.view, flow=flow, partner=partner, commodity=commodity, **ranking
            )
    if not question.has_subject or (question.reporter and not (partner or commodity or question.flow)):
        yield _suggestion(context, names, flow="X,M", **shared)
    for each in commodities:
        for flow in flows:
            yield _suggestion(context, names, flow=flow, partner=partner, commodity=each, **shared)
    for flow in flows:
        if commodity:
            yield _suggestion(context, names, view="partners", flow=flow, commodity=commodity, **ranking)
        else:
            yield _suggestion(context, names, view="commodities", flow=flow, partner=partner, **ranking)
    if not commodity:
        yield _suggestion(context, names, view="balances", partner=partner, **balance)


def _suggestion(context: Context, names: Mapping[str, str], **arguments: str | None) -> Suggestion:
    query = resolve_query(context, {name: [value] for name, value in arguments.items() if value})
    return Suggestion(describe_query(query, names), query.url())


def describe_query(query: ExplorerQuery, names: Mapping[str, str]) -> str:
    """Return a query in words, such as `Japan's exports of cars to China, in USD, 2022..`."""
    parameters = query.parameters
    reporter_name = names[parameters["reporter"]]
    partners, commodities = query.codes("partner"), query.codes("commodity")
    row = {
        "flow": parameters.get("flow", "X").split(",")[0],
        "partner": partners[0] if partners else WORLD_CODE,
        "partner_name": " and ".join(names.get(code, code) for code in partners),
        "commodity": commodities[0] if commodities else TOTAL_CODE,
        "commodity_name": " and ".join(names.get(code, code) for code in commodities),
    }
    if query.view == "balances":
        counterpart = f" with {format_area(row['partner_name'])}" if partners else ""
        commodity = f" in {' and '.join(names.get(code, code) for code in commodities)}" if commodities else ""
        words = f"{possessive(reporter_name)} trade balance{commodity}{counterpart}"
    else:
        words = describe_trade(row, reporter_name=reporter_name)
        if parameters.get("flow") == "X,M" and not partners:
            words = words.replace(" exports", " exports and imports", 1)
        words += VIEW_ENDINGS.get(query.view, "")
    frequency = FREQUENCY_ENDINGS.get(parameters["frequency"], "")
    measure = f", {query.chart}" if query.chart != "value" else ""
    currency = f", in {parameters['currency']}" if "currency" in parameters else ""
    period = f", {parameters['period']}" if parameters["period"] not in {"all", "latest"} else ""
    return f"{words[:1].upper()}{words[1:]}{measure}{frequency}{currency}{period}"

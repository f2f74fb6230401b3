"""Search in words: a question such as `exports of cars to China since 2022`, read as queries of the explorer."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from service.api.charts.series import describe_trade
from service.api.database.context import Context
from service.domain.area_names import normalize_name
from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.text import MONTH_NAMES, format_area, possessive
from service.resources.pages.names import NameTable, commodity_names, partner_names, reporter_names
from service.resources.pages.query import ExplorerQuery, resolve_query

MAX_NAME_WORDS = 6
POSSESSIVE = re.compile(r"['\u2019]s\b")
MAX_COMMODITIES = 5
FLOW_WORDS = {
    "X": frozenset({"export", "exports", "exported", "exporting", "sales", "sells", "sold"}),
    "M": frozenset(["import", "imports", "imported", "importing", "buys", "bought", "purchases"]),
}
BALANCE_WORDS = frozenset(["balance", "deficit", "surplus"])
CURRENCY_WORDS = {"dollar": "USD", "dollars": "USD", "usd": "USD", "euro": "EUR", "euros": "EUR", "eur": "EUR"}
PARTNER_PREPOSITIONS = frozenset(["to", "from", "with"])
STOP_WORDS = PARTNER_PREPOSITIONS | frozenset(
    """a all an and as at between by chart did do does figures for growth how in into is many month monthly much of on
    over s since statistics trade us value values was were what which year yearly""".split()  # noqa: SIM905 - readable
)
SYNONYMS = {
    "auto": "motor vehicles",
    "autos": "motor vehicles",
    "automobiles": "motor vehicles",
    "chip": "semiconductors",
    "chipmaking": "semiconductor machinery",
    "chips": "semiconductors",
    "crude": "petroleum",
    "equipment": "machinery",
    "food": "foodstuff",
    "gas": "gas",
    "machines": "machinery",
    "microchips": "semiconductors",
    "oil": "petroleum",
}
"""Words of readers, with the words of classifications."""


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


@dataclass
class _Question:
    """The parts of a question that were recognised. `unknown` are the other words."""

    flow: str | None = None
    has_balance: bool = False
    currency: str | None = None
    period: str | None = None
    reporter: str | None = None
    partners: list[str] = field(default_factory=list)
    commodities: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def search(context: Context, text: str) -> SearchResult:
    """Return the pages that answer a question in words; none where no word is recognised or nothing is loaded."""
    datasets = context.reference.published_datasets(None)
    if not datasets:
        return SearchResult(text)
    reporters = reporter_names(context.reference, datasets)
    partners = partner_names(context.reference)
    commodities = commodity_names(context, datasets)
    question = _read_question(text, partners, reporters, commodities)
    if not (question.partners or question.commodities or question.reporter or question.flow or question.has_balance):
        return SearchResult(text)
    names = {**partners.names, **commodities.names}
    suggestions = list(dict.fromkeys(_suggestions(context, question, names)))
    is_specific = bool(question.flow or question.has_balance or (question.partners and question.commodities))
    return SearchResult(text, suggestions, is_specific and not question.unknown and len(question.commodities) < 2)


def _read_question(text: str, partners: NameTable, reporters: NameTable, commodities: NameTable) -> _Question:
    question = _Question()
    words = normalize_name(POSSESSIVE.sub("", text)).split()
    words = _read_period(words, question)
    rest: list[str] = []
    position = 0
    while position < len(words):
        word = words[position]
        flow = next((code for code, flow_words in FLOW_WORDS.items() if word in flow_words), None)
        length, code = _longest_area(words, position, partners)
        if code is not None:
            is_partner = position > 0 and words[position - 1] in PARTNER_PREPOSITIONS
            if code in reporters.names and not is_partner and question.reporter is None:
                question.reporter = code
            else:
                question.partners.append(code)
            position += length
            continue
        if flow is not None:
            question.flow = flow
        elif word in BALANCE_WORDS:
            question.has_balance = True
        elif word in CURRENCY_WORDS:
            question.currency = CURRENCY_WORDS[word]
        elif word not in STOP_WORDS:
            rest.append(word)
        position += 1
    _read_commodities(rest, commodities, question)
    return question


def _longest_area(words: Sequence[str], position: int, partners: NameTable) -> tuple[int, str | None]:
    """Return the number of words of the longest name of an area at a position, and its code."""
    for length in range(min(MAX_NAME_WORDS, len(words) - position), 0, -1):
        name = " ".join(words[position : position + length])
        code = partners.codes.get(name)
        if code in partners.names and (length > 1 or (len(name) > 2 and name not in STOP_WORDS and not name.isdigit())):
            return length, code
    return 0, None


def _read_period(words: Sequence[str], question: _Question) -> list[str]:
    """Read a year or a month, with `since` for an open end; return the other words."""
    rest = list(words)
    months = {name.lower(): number for number, name in enumerate(MONTH_NAMES, start=1)}
    for position, word in enumerate(words):
        if re.fullmatch(r"(19|20)[0-9]{2}", word):
            month = months.get(words[position - 1]) if position else None
            start = f"{word}-{month:02}" if month else word
            first_word = position - (1 if month else 0)
            is_open = first_word > 0 and words[first_word - 1] in {"since", "after"}
            question.period = f"{start}.." if is_open else start
            used = set(range(first_word - is_open, position + 1))
            return [each for number, each in enumerate(rest) if number not in used]
    return rest


def _read_commodities(words: Sequence[str], commodities: NameTable, question: _Question) -> None:
    """Read the commodities whose names have all words; where there are none, those with most of them."""
    searched = list(dict.fromkeys(part for word in words for part in SYNONYMS.get(word, word).split()))
    if not searched:
        return
    exact = commodities.codes.get(" ".join(words)) or commodities.codes.get(" ".join(searched), "")
    matches = [exact] if exact in commodities.names else commodities.search(" ".join(searched))
    if not matches:
        found = {word: commodities.search(word) for word in searched}
        question.unknown = [word for word, codes in found.items() if not codes]
        counts = {code: sum(code in codes for codes in found.values()) for codes in found.values() for code in codes}
        matches = sorted(counts, key=lambda code: (-counts[code], len(commodities.names[code])))
    question.commodities = [code for code in matches if code != TOTAL_CODE][:MAX_COMMODITIES]


def _suggestions(context: Context, question: _Question, names: Mapping[str, str]) -> Iterator[Suggestion]:
    """Yield the pages that answer a question: for each commodity the flow, then the other flow, and rankings."""
    partner = ",".join(question.partners)
    flows = [question.flow] if question.flow else ["X", "M"]
    shared = {"reporter": question.reporter, "currency": question.currency, "period": question.period}
    if question.has_balance:
        yield _suggestion(context, names, view="balances", partner=partner, **shared)
    for commodity in question.commodities or [""]:
        for flow in flows:
            yield _suggestion(context, names, flow=flow, partner=partner, commodity=commodity, **shared)
    commodity = question.commodities[0] if question.commodities else ""
    for flow in flows:
        if commodity:
            yield _suggestion(context, names, view="partners", flow=flow, commodity=commodity, **shared)
        else:
            yield _suggestion(context, names, view="commodities", flow=flow, partner=partner, **shared)
    if not commodity:
        yield _suggestion(context, names, view="balances", partner=partner, **shared)


def _suggestion(context: Context, names: Mapping[str, str], **arguments: str | None) -> Suggestion:
    query = resolve_query(context, {name: [value] for name, value in arguments.items() if value})
    return Suggestion(describe_query(query, names), query.url())


def describe_query(query: ExplorerQuery, names: Mapping[str, str]) -> str:
    """Return a query in words: `Japan's exports of cars to China, in USD, 2022..`."""
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
        words = f"{possessive(reporter_name)} trade balance{counterpart}"
    else:
        words = describe_trade(row, reporter_name=reporter_name)
        words += {"partners": ", by partner", "commodities": ", by commodity"}.get(query.view, "")
    currency = f", in {parameters['currency']}" if "currency" in parameters else ""
    period = f", {parameters['period']}" if parameters["period"] not in {"all", "latest"} else ""
    return f"{words[:1].upper()}{words[1:]}{currency}{period}"

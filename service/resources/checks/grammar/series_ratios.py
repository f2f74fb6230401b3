"""Comparisons of two series: `exports to China were twice those to Korea`, `imports exceeded exports by 24 %`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from service.domain.codes import WORLD_CODE
from service.resources.checks.claims import Claim, Quantity, Reading, SeriesKey
from service.resources.checks.grammar.certainty import names_unknown_partner
from service.resources.checks.grammar.clauses import Clause
from service.resources.checks.grammar.dimension_origins import dimension_origins
from service.resources.checks.grammar.measures import SIGN_BY_DIRECTION
from service.resources.checks.grammar.periods.resolution import resolve_period
from service.resources.checks.grammar.state import ReadingState, TextContext
from service.resources.checks.grammar.subjects import Subject, commodity_codes, read_subject
from service.resources.checks.grammar.words.lexicon import Item

SIZE_WORDS = frozenset(
    {"as", "much", "large", "big", "high", "great", "many", "the", "value", "size", "amount", "level", "of", "nearly"}
)
COMPARATIVES = frozenset(
    {
        "more",
        "larger",
        "higher",
        "bigger",
        "greater",
        "more than",
        "less",
        "smaller",
        "lower",
        "less than",
        "above",
        "below",
    }
)
EXCESS_VERBS = frozenset(
    {"exceeded", "exceed", "exceeds", "exceeding", "topped", "surpassed", "surpassing", "outstripped", "outstripping"}
    | {"outweighed", "outnumbered", "overtook", "beat", "outpaced"}
)
SHORTFALL_VERBS = frozenset({"trailed", "trailing", "lagged", "fell short of"})
REFERRING_WORDS = frozenset({"those", "that", "what", "the amount", "its"})
MEASURES_BY_UNIT = {"times": "ratio", "%": "excess_pct", "currency": "excess"}
REASON_KINDS = {"negation": "ambiguous", "opinion": "opinion", "forecast": "forecast"}
NOT_COVERED_BLOCKS = frozenset({"volume", "price", "part", "window", "two_way"})


@dataclass(frozen=True)
class SeriesPair:
    """Two series that a text compares, as in `exports exceeded imports by 5 %`.

    `position` is that of the number among the items of the sentence. `sign` is 1 where `subject`, the first series, is
    the larger one, -1 where it is the smaller one. `base` is the series that it is compared with.
    """

    position: int
    sign: int
    subject: Subject
    base: Subject


def read_series_ratio(
    items: Sequence[Item], sentence_number: int, state: ReadingState, context: TextContext
) -> tuple[Claim | None, list[Item]]:
    """Return the claim that compares two series, as in `exports exceeded imports by 5 %`, and the remaining items.

    The claim is null where the sentence compares no two series. `items` are those of the sentence, and
    `sentence_number` is the position of the sentence in the text, from 1.
    """
    reporter = state.reporter or context.reporter
    pair = _find_pair(items, reporter)
    rest = [item for item in items if item.kind != "multiplier"]
    if pair is None:
        return None, rest
    others = [item for item in items if item is not items[pair.position] and item.kind != "multiplier"]
    return _claim(items, pair, sentence_number, state, context), others


def _find_pair(items: Sequence[Item], reporter: str | None) -> SeriesPair | None:
    for position, item in enumerate(items):
        if item.kind == "multiplier" or (item.kind == "quantity" and item.value.unit in {"%", "currency"}):
            pair = _read_pair(items, position, reporter)
            if pair is not None and _differs(pair):
                return pair
    return None


def _differs(pair: SeriesPair) -> bool:
    first, second = (replace(each, reporter=None) for each in (pair.subject, pair.base))
    return first != second and first.has_measure and not (first.has_unknown_word or second.has_unknown_word)


def _read_pair(items: Sequence[Item], position: int, reporter: str | None) -> SeriesPair | None:
    """Return the pair that the number at `position` compares; null where it compares no two series."""
    heads = [each for each in range(position) if items[each].kind in {"flow", "balance"}]
    if not heads:
        return None
    verbs = [each for each in range(heads[0], position) if items[each].text.lower() in EXCESS_VERBS | SHORTFALL_VERBS]
    if verbs and items[position].kind == "quantity":
        first = read_subject(items[: verbs[0]], heads[0], reporter=reporter)
        base = _base(items[verbs[0] + 1 : position], first, reporter)
        is_difference = any(item.text == "by" for item in items[max(0, position - 2) : position])
        sign = 1 if items[verbs[0]].text.lower() in EXCESS_VERBS else -1
        return SeriesPair(position, sign, first, base) if base is not None and is_difference else None
    subject = read_subject(items[:position], heads[-1], reporter=reporter)
    rest, sign = _compared_items(items, position)
    if rest is None:
        return None
    if len(rest) > 1 and rest[0].kind == "to" and rest[1].kind == "area":
        if subject.partner is None:
            subject = replace(subject, partner=rest[1].value)
        rest = _skip_period(rest[2:])
    base = _base(_strip_size_words(rest), subject, reporter)
    return None if base is None else SeriesPair(position, sign, subject, base)


def _skip_period(items: list[Item]) -> list[Item]:
    """Return the items behind a period, as in `as much from Japan in January as Vietnam did`."""
    first = next((position for position, item in enumerate(items) if item.kind not in {"to", "period"}), len(items))
    has_period = any(item.kind == "period" for item in items[:first])
    return items[first:] if has_period else items


def _compared_items(items: Sequence[Item], position: int) -> tuple[list[Item] | None, int]:
    """Return the items behind `times` or `5 % more than`, and the sign; null where the number compares nothing."""
    rest = list(items[position + 1 :])
    if items[position].kind == "multiplier":
        return _strip_size_words(rest), 1
    if not rest or rest[0].text.lower() not in COMPARATIVES or rest[0].kind != "direction":
        return None, 1
    sign = SIGN_BY_DIRECTION[rest[0].value]
    return ([item for item in rest[1:] if item.text != "than"] if _has_than(items, position) else None), sign


def _has_than(items: Sequence[Item], position: int) -> bool:
    texts = [item.text.lower() for item in items[position + 1 : position + 3]]
    return texts[0] in {"more than", "less than", "above", "below"} or texts[1:] == ["than"]


def _strip_size_words(items: Sequence[Item]) -> list[Item]:
    """Return the items without the first words of size, as in `as large as those to Korea`."""
    result = list(items)
    while result and result[0].text.lower() in SIZE_WORDS:
        result.pop(0)
    return result


def _base(items: Sequence[Item], first: Subject, reporter: str | None) -> Subject | None:
    """Return the series that another is compared with; null where the words name none.

    A series without a flow has that of the first one: `those to Korea`, `to Korea`.
    """
    rest = [item for item in items if item.kind != "filler" or item.text in REFERRING_WORDS]
    if rest and rest[0].text.lower() in REFERRING_WORDS:
        rest = rest[1:]
    if [item.kind for item in rest[:1]] == ["area"] and [item.text for item in rest[1:2]] == ["did"]:
        return replace(first, partner=rest[0].value)
    preposition = rest[0].value if rest and rest[0].kind == "to" else None
    if preposition in {"to", "from", "with"} and len(rest) > 1 and rest[1].kind == "area":
        return replace(first, partner=rest[1].value)
    heads = [position for position, item in enumerate(rest[:4]) if item.kind in {"flow", "balance"}]
    names = {"area", "adjective", "possessive", "total", "commodity"}
    if not heads or not {item.kind for item in rest[: heads[0]]} <= names:
        return None
    base = read_subject(rest, heads[0], reporter=first.reporter or reporter)
    is_growth = any(item.kind == "comparison" for item in rest)
    return None if is_growth or base.reporter not in {None, first.reporter, reporter} else base


def _claim(
    items: Sequence[Item], pair: SeriesPair, sentence_number: int, state: ReadingState, context: TextContext
) -> Claim:
    quantity: Quantity = items[pair.position].value
    reporter = pair.subject.reporter or state.reporter or context.reporter
    reason = _reason(items)
    if reason is not None or reporter is None or reporter not in context.reporters:
        return Claim(quantity, sentence_number, reason=reason or "not_covered")
    mentions = [item.value for item in items if item.kind == "period" and not item.value.is_base]
    mention = mentions[0] if mentions else state.period
    period = None if mention is None else resolve_period(mention, newest_month=context.newest_month)
    if period is None or len(set(mentions)) > 1:
        return Claim(quantity, sentence_number, reason="ambiguous")
    readings = tuple(_readings(pair, quantity.unit, reporter, period, context))
    clause = Clause(list(items))
    has_word = any(item.kind == "word" for item in items) or pair.subject.has_list or pair.base.has_list
    origin = "text" if mentions else "previous sentence"
    sources = dimension_origins(clause, pair.subject, mention, origin, state, reporter=reporter, context=context)
    is_known = not has_word and not names_unknown_partner(items)
    is_confident = is_known and not context.is_reporter_assumed and bool(readings)
    if not readings:
        return Claim(quantity, sentence_number, reason="not_covered")
    return Claim(quantity, sentence_number, readings, is_confident=is_confident, sources=sources)


def _reason(items: Sequence[Item]) -> str | None:
    """Return the reason for which a sentence is not judged; null for one that is."""
    kinds = {item.kind for item in items}
    blocks = {item.value for item in items if item.kind == "block"}
    found = [reason for kind, reason in REASON_KINDS.items() if kind in kinds]
    if found:
        return found[0]
    if "adjusted" in blocks:
        return "seasonally_adjusted_not_loaded"
    return "not_covered" if blocks & NOT_COVERED_BLOCKS else None


def _readings(pair: SeriesPair, unit: str, reporter: str, period: str, context: TextContext) -> Iterator[Reading]:
    """Yield the readings of a comparison. A series without a partner has that of the other one, or the World."""
    partner = pair.subject.partner or WORLD_CODE
    base_partners = [pair.base.partner] if pair.base.partner else dict.fromkeys((partner, WORLD_CODE))
    flow, base_flow = _flow(pair.subject), _flow(pair.base)
    families = context.families[reporter]
    for base_partner in base_partners:
        for commodity in commodity_codes(pair.subject, families):
            for base_commodity in [commodity] if pair.base.commodity is None else commodity_codes(pair.base, families):
                is_same_partner = base_partner == partner and commodity == base_commodity
                if unit == "currency" and is_same_partner and {flow, base_flow} == {"X", "M"}:
                    side = "surplus" if (flow == "X") == (pair.sign > 0) else "deficit"
                    yield Reading("balance", reporter, partner, f"balance:{side}", commodity, period)
                elif (partner, flow, commodity) != (base_partner, base_flow, base_commodity):
                    base = SeriesKey(str(base_partner), base_flow, base_commodity)
                    measure = MEASURES_BY_UNIT[unit]
                    yield Reading(measure, reporter, partner, flow, commodity, period, sign=pair.sign, base=base)


def _flow(subject: Subject) -> str:
    return subject.flow if subject.flow is not None else f"balance:{subject.balance}"

"""The certainty with which a text states the series of a number; only such a number is contradicted."""

from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile

from service.domain.codes import WORLD_CODE
from service.resources.checks.grammar.clauses import Clause
from service.resources.checks.grammar.measures import MeasureChoice
from service.resources.checks.grammar.state import ReadingState
from service.resources.checks.grammar.subjects import Subject
from service.resources.checks.grammar.words.deals import PAYMENT_VERBS
from service.resources.checks.grammar.words.lexicon import Item
from service.resources.checks.grammar.words.phrases import COUNTRY_NOUNS
from service.resources.checks.grammar.words.purchases import PURCHASE_VERBS

CERTAIN_OPENERS = frozenset(
    ("", ",", ";", ":", "(", "and", "while", "but", "whereas", "with", "meanwhile", "which", "however")
)
"""Openers of clauses on the period and the subject of the sentence; another clause may be on something else."""
PART_MEASURES = frozenset({"partner_share_pct", "commodity_share_pct"})
GENERIC_NOUNS = frozenset({"fuel", "fuels", "energy", "metal", "metals", "machine", "machines", "food", "foods"})
"""Names of groups of goods that can stand for a commodity named before, as in `coal: it paid 5 bn yen for the fuel`."""
DEFINITE_WORDS = frozenset({"the", "this", "that", "these", "those"})
REFERRING_TEXTS = frozenset({"there", "the country", "the nation", "that country", "that market"}) | COUNTRY_NOUNS
"""Words for an area that the text names earlier."""
PARTNER_NOUNS = frozenset(
    {
        "partner",
        "partners",
        "neighbour",
        "neighbor",
        "neighbours",
        "neighbors",
        "rival",
        "rivals",
        "ally",
        "allies",
        "market",
        "markets",
        "country",
        "countries",
        "buyer",
        "buyers",
        "customer",
        "customers",
        "supplier",
        "suppliers",
        "bloc",
        "region",
        "regions",
        "destination",
        "destinations",
        "there",
        "latter",
        "former",
        "nation",
    }
)
"""Nouns for a partner without its name."""
PARTNER_PREPOSITIONS = frozenset({"to", "from", "with"})
DESCRIPTION_KINDS = frozenset({"filler", "rank", "ordinal", "adjective", "word", "possessive", "quantity"})
MAX_DESCRIPTION = 4
DEALING_VERBS = PAYMENT_VERBS | PURCHASE_VERBS | frozenset({"sold", "shipped"})
DEALER_PRONOUNS = frozenset({"they", "it", "them", "which"})


def states_series(
    clause: Clause, subject: Subject, choice: MeasureChoice, state: ReadingState, *, reporter: str
) -> bool:
    """Return whether a clause states the series of its number, or continues one that an earlier clause states.

    Every word of both clauses is understood, and a share has its whole in its own clause.
    """
    is_part = bool(choice.measures) and set(choice.measures) <= PART_MEASURES
    return (
        state.is_series_clear
        and clause.opener in CERTAIN_OPENERS
        and not clause.has("word")
        and _is_complete(clause, subject, reporter)
        and (subject.partner in clause.values("area") or not (_describes_partner(clause) or state.has_unknown_partner))
        and not (_has_unnamed_dealer(clause) or _has_owner(clause))
        and (not is_part or clause.has("flow", "total"))
    )


def is_series_clear(clause: Clause, subjects: Iterable[Subject], *, reporter: str | None) -> bool:
    """Return whether the subjects of a clause have each of its names, and each of its words is understood.

    A later clause that continues an unclear series may be on something else.
    """
    series = list(subjects)
    areas = {WORLD_CODE, reporter} | {each.partner for each in series} | {each.reporter for each in series}
    commodities = [each.commodity for each in series]
    return (
        not clause.has("word")
        and clause.values("area") <= areas
        and all(clause.items[each].value in commodities for each in clause.positions("commodity"))
        and not _has_generic_noun(clause)
        and not _has_unnamed_dealer(clause)
        and (not _describes_partner(clause) or bool(clause.values("area") & {each.partner for each in series}))
    )


def names_unknown_partner(items: Sequence[Item]) -> bool:
    """Return whether a sentence has a partner whose name the lexicon lacks, as in `exports to its largest market`.

    A noun such as `territory`, or an unknown word behind `to`, `from` or `with`, can be one.
    """
    for position, item in enumerate(items):
        if item.kind == "city" or (item.kind == "word" and item.text.lower() in COUNTRY_NOUNS):
            return True
        is_source = position > 0 and items[position - 1].text == "according"
        if item.kind == "to" and item.value in PARTNER_PREPOSITIONS and not is_source:
            phrase = items[position + 1 : position + 1 + MAX_DESCRIPTION]
            phrase = list(takewhile(lambda each: each.kind in DESCRIPTION_KINDS, phrase))
            if any(each.kind == "word" or each.text.lower() in PARTNER_NOUNS for each in phrase):
                return True
    return False


def _has_owner(clause: Clause) -> bool:
    """Return whether an area can be the owner of other trade, as in `Those of Germany gained 4 %`."""
    texts = [item.text.lower() for item in clause.items if item.text.lower() != "the"]
    return not clause.has("share", "contribution") and any(
        first in {"those", "that"} and second == "of" for first, second in pairwise(texts)
    )


def _has_unnamed_dealer(clause: Clause) -> bool:
    """Return whether a pronoun is the buyer or the seller, as in `in January they spent 5 bn yen on it`."""
    return any(
        first.text.lower() in DEALER_PRONOUNS and second.kind == "flow" and second.text in DEALING_VERBS
        for first, second in pairwise(clause.items)
    )


def has_other_name(clause: Clause, subject: Subject | None, *, reporter: str | None) -> bool:
    """Return whether a clause without a subject has a name that the subject lacks, as in `exports, led by cars, rose`.

    A number behind it can be on either.
    """
    partner = None if subject is None else subject.partner
    commodity = None if subject is None else subject.commodity
    areas = clause.values("area") | clause.values("adjective")
    commodities = [clause.items[each].value for each in clause.positions("commodity")]
    has_name = not areas <= {partner, reporter, WORLD_CODE} or any(each != commodity for each in commodities)
    return has_name or names_unknown_partner(clause.items)


def _has_generic_noun(clause: Clause) -> bool:
    """Return whether a clause can name a commodity by its group, as in `it paid 5 bn yen for the fuel`."""
    return any(
        second.kind == "commodity" and second.text.lower() in GENERIC_NOUNS and first.text.lower() in DEFINITE_WORDS
        for first, second in pairwise(clause.items)
    )


def _is_complete(clause: Clause, subject: Subject, reporter: str) -> bool:
    """Return whether the subject has every area and commodity of its clause."""
    areas = clause.values("area") <= {subject.partner, reporter, WORLD_CODE}
    commodities = all(clause.items[each].value == subject.commodity for each in clause.positions("commodity"))
    has_reference = any(item.kind == "area" and item.text in REFERRING_TEXTS for item in clause.items)
    return areas and commodities and not has_reference and not clause.has("block")


def _describes_partner(clause: Clause) -> bool:
    """Return whether a clause has a partner without its name, as in `exports to its largest trading partner`."""
    return any(not PARTNER_NOUNS.isdisjoint(item.text.lower().split()) for item in clause.items)

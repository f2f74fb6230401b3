"""The certainty with which a text states the series of a number; only such a number is contradicted."""

from collections.abc import Iterable
from itertools import pairwise

from service.domain.codes import WORLD_CODE
from service.resources.checks.grammar.clauses import Clause
from service.resources.checks.grammar.measures import MeasureChoice
from service.resources.checks.grammar.state import ReadingState
from service.resources.checks.grammar.subjects import Subject

CERTAIN_OPENERS = frozenset(
    ("", ",", ";", ":", "(", "and", "while", "but", "whereas", "with", "meanwhile", "which", "however")
)
"""Openers of clauses on the period and the subject of the sentence; another clause may be on something else."""
PART_MEASURES = frozenset({"partner_share_pct", "commodity_share_pct"})
GENERIC_NOUNS = frozenset({"fuel", "fuels", "energy", "metal", "metals", "machine", "machines", "food", "foods"})
"""Names of groups of goods that can stand for a commodity named before, as in `coal: it paid 5 bn yen for the fuel`."""
DEFINITE_WORDS = frozenset({"the", "this", "that", "these", "those"})
REFERRING_TEXTS = frozenset({"bloc", "there", "the country", "the nation", "that country", "that market"})
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
        and (subject.partner in clause.values("area") or not _describes_partner(clause))
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
    )


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

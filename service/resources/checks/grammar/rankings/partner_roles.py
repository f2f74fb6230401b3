"""Partners as a text describes them: `the US was the largest export market`, `China was the largest supplier`."""

from service.resources.checks.grammar.clauses import Clause
from service.resources.checks.grammar.subjects import Subject

FLOWS_BY_NOUN = {
    **dict.fromkeys(("market", "markets", "destination", "destinations", "buyer", "buyers", "customer"), "X"),
    **dict.fromkeys(("supplier", "suppliers", "source", "sources"), "M"),
}
RANK_KINDS = ("rank", "ordinal")


def described_partner(clause: Clause, *, reporter: str | None) -> Subject | None:
    """Return the partner that a clause describes by a rank, as in `the US was the largest export market`.

    The flow follows from the noun: exports for `market`, imports for `supplier`. Null where the clause describes none.
    """
    nouns = [item.text.lower() for item in clause.items if item.text.lower() in FLOWS_BY_NOUN]
    areas = [clause.items[each].value for each in clause.positions("area")]
    partners = [area for area in areas if area != reporter]
    is_description = bool(nouns) and (clause.has(*RANK_KINDS) or any(_is_ranked(clause)))
    if not is_description or len(partners) != 1:
        return None
    owner = reporter if reporter in areas else None
    return Subject(flow=FLOWS_BY_NOUN[nouns[0]], partner=partners[0], reporter=owner, is_description=True)


def _is_ranked(clause: Clause) -> list[bool]:
    return [item.kind == "quantity" and item.value.unit == "rank" for item in clause.items]

"""Clauses that interrupt a sentence, name the next number, or state the place of the next clauses."""

from service.resources.checks.grammar.clauses import Clause

HEAD_KINDS = ("flow", "balance")
CONTRAST_OPENERS = frozenset({"despite", "amid", "unlike", "alongside", "in contrast to", "because", "even as"})
ASIDE_OPENERS = CONTRAST_OPENERS | {
    "led by",
    "driven by",
    "helped by",
    "boosted by",
    "dragged down by",
    "pulled down by",
    "thanks to",
    "on the back of",
}
"""Openers of clauses that give a cause or a contrast."""
DEFINING_KINDS = ("direction", "share", "contribution")


def is_aside(clause: Clause, *, follows_aside: bool) -> bool:
    """Return whether a clause without a number interrupts another one, as in `exports, led by cars, rose 5 %`."""
    is_continued = follows_aside and clause.opener in {"and", "or", "plus"}
    interrupts = clause.opener in ASIDE_OPENERS or clause.is_parenthetical or is_continued
    return interrupts and not clause.has("quantity", *DEFINING_KINDS)


def names_next_number(clause: Clause, following: Clause | None) -> bool:
    """Return whether a clause ends in the name of the next number, as in `led by cars, up 37.1 %`."""
    if following is None or clause.opener in CONTRAST_OPENERS:
        return False
    names = clause.positions("area", "commodity")
    later_names = following.has("area", "commodity", "adjective", *HEAD_KINDS)
    first = next((item for item in following.items if item.kind != "filler"), None)
    return (
        len(names) == 1
        and names[0] == len(clause.items) - 1
        and following.opener == ","
        and not clause.has("quantity", "possessive", "word", "adjective")
        and first is not None
        and first.kind in {"direction", "quantity"}
        and following.has("quantity")
        and not later_names
    )


def place_of_clause(clause: Clause) -> str | None:
    """Return the area of the next clauses, as in `In Vietnam, imports fell 8 %`; null where a clause has more."""
    items = [item for item in clause.items if item.kind not in {"filler", "period"}]
    is_place = len(items) == 2 and items[0].kind == "to" and items[0].value == "in" and items[1].kind == "area"
    return str(items[1].value) if is_place else None

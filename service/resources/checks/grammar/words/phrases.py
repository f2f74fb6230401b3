"""Phrases whose meaning depends on the words around them: `sales to`, `Chinese goods`, `the bloc`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from service.domain.codes import WORLD_CODE
from service.resources.checks.grammar.words.lexicon import Item

GROUP_CODES = frozenset(
    {"APEC", "ASEAN", "BRICS", "CPTPP", "EA", "EFTA", "EU", "GCC", "MERCOSUR", "NAFTA", "RCEP", "USMCA"}
)
FLOWS_BY_PREPOSITION = {"to": "X", "from": "M"}
SALES = frozenset({"sales", "deliveries", "delivery", "goods", "products", "merchandise", "cargoes", "supplies"})
"""Words for a flow where a preposition and an area follow."""
PRODUCT_WORDS = frozenset({"goods", "products", "merchandise", "wares", "made"})
PURCHASES = frozenset({"spent", "spend", "spends", "sourced", "sources", "procured", "procures"})
"""Verbs of imports where no noun of a flow follows."""
BUYERS = frozenset({"market", "markets", "buyers", "buyer", "customers", "consumers", "importers", "clients", "shores"})
COMPARATIVES = {"more than": "up", "less than": "down", "above": "up", "below": "down", "over": "up", "under": "down"}
"""Words of a change where they stand behind a number, as in `5 % less than a year before`."""
COUNTRY_NOUNS = frozenset(
    {"state", "country", "nation", "kingdom", "island", "territory", "city", "emirate", "republic", "archipelago"}
    | {"giant", "neighbour", "neighbor", "ally", "economy", "bloc", "federation"}
)
MAX_DESCRIPTION = 3
UNIT_KINDS = frozenset({"percent", "money", "magnitude", "fraction"})
ORIGIN_WORDS = frozenset({"made", "built", "produced", "grown", "sourced", "assembled", "mined"})
BOUND_VERBS = frozenset({"topped", "exceeded", "surpassed", "crossed", "passed", "exceeding", "surpassing"})
"""Verbs that mean `more than` before an amount."""
OBJECT_PREPOSITIONS = frozenset({"to", "from", "with"})


def resolve_phrases(items: Sequence[Item], earlier_areas: Sequence[str], *, reporter: str | None) -> list[Item]:
    """Return the items of a sentence, with phrases replaced by the meaning that the words around them give.

    For example, `sales` is exports in `sales to China`, and `the bloc` is a group that was named before.
    `earlier_areas` are the codes of the areas in the sentence before, and `reporter` is the code of the text's
    reporter.
    """
    result: list[Item] = []
    areas = [code for code in earlier_areas if code not in {reporter, WORLD_CODE}]
    position = 0
    while position < len(items):
        read_items, length = _read_phrase(items, position, result, areas, reporter=reporter)
        areas += [each.value for each in read_items if _names_partner(each, reporter)]
        result += read_items
        position += length
    return result


def _names_partner(item: Item, reporter: str | None) -> bool:
    return item.kind in {"area", "adjective"} and item.value not in {reporter, WORLD_CODE}


def _read_phrase(
    items: Sequence[Item], position: int, previous: Sequence[Item], areas: Sequence[str], *, reporter: str | None
) -> tuple[list[Item], int]:
    """Return the items that the phrase at `position` stands for, and the number of items that it replaces."""
    item, following = items[position], list(items[position + 1 : position + 4])
    if item.kind == "adjective" and item.value != reporter:
        return _read_adjective(item, following, previous)
    if item.kind == "area" and item.value not in {reporter, WORLD_CODE} and _is_origin(following, previous):
        length = 2 if following[0].text.lower() in ORIGIN_WORDS else 1
        return [Item("to", "from", item.start, item.start, "from"), item], length
    described = _described_country(items, position, previous)
    if described and areas:
        noun = items[position + described - 1]
        return [replace(noun, kind="area", value=areas[-1], start=item.start)], described
    code = _reference(item, items[position - 1 : position] if position else (), areas)
    if code is not None:
        return list(_referred_area(item, code, previous)), 1
    kind, value = _meaning(item, following, previous, items[position + 1 :])
    return [replace(item, kind=kind, value=value)], 1


def _meaning(item: Item, following: Sequence[Item], previous: Sequence[Item], rest: Sequence[Item]) -> tuple[str, str]:
    """Return kind and value of a word: those of its neighbours can make it a flow, a share or a direction."""
    return (
        _flow_meaning(item, following, previous, rest)
        or _number_meaning(item, previous, rest)
        or _pronoun_meaning(item, following, previous)
        or (item.kind, item.value)
    )


def _flow_meaning(
    item: Item, following: Sequence[Item], previous: Sequence[Item], rest: Sequence[Item]
) -> tuple[str, str] | None:
    """Return the meaning of a noun or verb that is a flow or a share; null for another word."""
    text = item.text.lower()
    if text in SALES and _is_object(following) and not _has_flow(previous):
        return "flow", FLOWS_BY_PREPOSITION[following[0].value]
    if text in PURCHASES and not _has_flow(rest):
        return "flow", "M"
    if item.kind == "flow" and text in {"bought", "purchased", "buys"} and _is_part_of_flow(rest):
        return "share", "share"
    return None


def _number_meaning(item: Item, previous: Sequence[Item], rest: Sequence[Item]) -> tuple[str, str] | None:
    """Return the meaning of a word before or behind a number, as in `off 5 %`, `topped 5 bn` and `5 % below`."""
    text = item.text.lower()
    if text == "off" and [each.kind for each in rest[:1]] == ["number"]:
        return "direction", "down"
    if text in BOUND_VERBS and _is_amount(rest):
        return "qualifier", "above"
    if text in COMPARATIVES and item.kind == "qualifier" and previous and previous[-1].kind in UNIT_KINDS:
        return "direction", COMPARATIVES[text]
    return None


def _pronoun_meaning(item: Item, following: Sequence[Item], previous: Sequence[Item]) -> tuple[str, str] | None:
    """Return the meaning of `that` and `both` where they only stand for or join names; null for other words."""
    text = item.text.lower()
    is_object = bool(previous) and previous[-1].kind == "to" and previous[-1].value in OBJECT_PREPOSITIONS
    if (text == "both" and is_object) or (text == "that" and _is_pronoun(following, previous)):
        return "filler", text
    return None


def _is_pronoun(following: Sequence[Item], previous: Sequence[Item]) -> bool:
    """Return whether `that` stands for a noun before it, as in `4.3 points, that of the United States 2.9 points`."""
    names = [each.kind for each in following[1:] if each.kind != "filler"]
    is_link = bool(following) and following[0].kind == "to" and following[0].value in {"of", *OBJECT_PREPOSITIONS}
    begins_clause = bool(previous) and (previous[-1].kind in {"conjunction", "separator"} or previous[-1].text in ",;")
    return is_link and names[:1] in (["area"], ["commodity"]) and begins_clause


def _is_amount(rest: Sequence[Item]) -> bool:
    """Return whether an amount of money follows, as in `topped 100 trillion yen`."""
    kinds = [each.kind for each in rest[:3]]
    return kinds[:2] in (["money", "number"], ["number", "magnitude"], ["number", "money"])


def _is_origin(following: Sequence[Item], previous: Sequence[Item]) -> bool:
    """Return whether an area is the origin of goods, as in `imports of U.S. crude` and `of EU-made vehicles`."""
    texts = [each.text.lower() for each in following]
    is_made = texts[:1] != [] and texts[0] in ORIGIN_WORDS
    is_commodity = [each.kind for each in following[1 if is_made else 0 :][:1]] == ["commodity"]
    flows = [each.value for each in previous if each.kind == "flow"]
    is_object = bool(previous) and previous[-1].kind == "to" and previous[-1].value in {"of", "on", "for"}
    return is_commodity and is_object and flows[-1:] == ["M"]


def _is_object(following: Sequence[Item]) -> bool:
    """Return whether `to` or `from` and the name of an area follow."""
    is_preposition = bool(following) and following[0].kind == "to" and following[0].value in FLOWS_BY_PREPOSITION
    names = [each for each in following[1:] if each.text.lower() not in {"the", "its"}]
    return is_preposition and bool(names) and names[0].kind in {"area", "adjective"}


def _is_part_of_flow(rest: Sequence[Item]) -> bool:
    """Return whether a percentage of a flow follows, as in `bought 17 % of Japan's exports`."""
    clause = list(takewhile(lambda item: item.kind not in {"symbol", "separator"}, rest))
    return _has_flow(clause) and any(item.kind in {"percent", "fraction"} for item in clause)


def _has_flow(items: Sequence[Item]) -> bool:
    return any(item.kind in {"flow", "balance"} for item in items)


def _read_adjective(item: Item, following: Sequence[Item], previous: Sequence[Item]) -> tuple[list[Item], int]:
    """Return the partner that `the Chinese market`, `imports of Chinese goods` or `Chinese imports to` name."""
    texts = [each.text.lower() for each in following]
    if texts and texts[0] in BUYERS:
        return [replace(item, kind="area")], 2
    kinds = [(each.kind, each.value) for each in following]
    if kinds[:2] == [("flow", "M"), ("to", "to")]:
        return [following[0], Item("to", "from", item.end, item.end, "from"), replace(item, kind="area")], 2
    flows = [each.value for each in previous if each.kind == "flow"]
    is_described = bool(texts) and (texts[0] in PRODUCT_WORDS or following[0].kind == "commodity")
    if is_described and flows[-1:] == ["M"] and previous[-1].kind in {"to", "filler", "quantity", "money", "flow"}:
        return [Item("to", "from", item.start, item.start, "from"), replace(item, kind="area")], 1
    return [item], 1


def _described_country(items: Sequence[Item], position: int, previous: Sequence[Item]) -> int:
    """Return the length of `the Gulf state` behind `to`, `from` or `with`; 0 where there is no such phrase."""
    is_object = bool(previous) and previous[-1].kind == "to" and previous[-1].value in {"to", "from", "with"}
    if not is_object or items[position].text != "the":
        return 0
    for length, item in enumerate(items[position + 1 : position + 1 + MAX_DESCRIPTION], start=2):
        if item.text.lower() in COUNTRY_NOUNS:
            return length
        if item.kind not in {"word", "filler", "adjective"}:
            return 0
    return 0


def _reference(item: Item, previous: Sequence[Item], areas: Sequence[str]) -> str | None:
    """Return the area that `the bloc`, `from the country` or `from there` refers to; null where it refers to none."""
    text = item.text.lower()
    if text == "bloc":
        return next((code for code in reversed(areas) if code in GROUP_CODES), None)
    is_object = (
        bool(previous) and previous[0].kind in {"to", "flow"} and previous[0].value in {"to", "from", "with", "X"}
    )
    is_country = item.kind == "reporter_reference" or text in {"there", "that country", "that market"}
    return areas[-1] if areas and is_object and is_country else None


def _referred_area(item: Item, code: str, previous: Sequence[Item]) -> Iterator[Item]:
    if previous and previous[-1].kind == "flow":
        yield Item("to", "to", item.start, item.start, "to")
    yield replace(item, kind="area", value=code)

"""Trade told by verbs of dealing: `Vietnam sold Japan place`, `Japan paid Australia for coal`, `coal cost Japan`."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from service.resources.checks.grammar.words.lexicon import Item

SALE_VERBS = frozenset({"sold", "sells", "shipped", "exported", "delivered", "supplied", "sent"})
PAYMENT_VERBS = frozenset({"paid", "pays", "spent", "spends", "paying", "spending"})
COST_VERBS = frozenset({"cost", "costs"})
BILLS = frozenset({"bill", "bills"})
SENDING_VERBS = frozenset({"sent", "dispatched", "delivered"})
PAYERS = frozenset({"it", "the country", "the nation", "importers"})
PRONOUNS = frozenset({"them", "these", "those"})
AMOUNT_KINDS = frozenset({"number", "money", "qualifier"})
CLAUSE_ENDS = frozenset({"symbol", "separator"})


def resolve_deals(items: Sequence[Item], *, reporter: str | None) -> list[Item]:
    """Return the items of a sentence with verbs of dealing as a flow of the reporter.

    For example, `Vietnam sold Japan 5 bn yen of place` becomes imports of Japan from Vietnam where `reporter` is Japan.
    """
    result = list(items)
    steps: tuple[Callable[[list[Item], str | None], list[Item]], ...] = (
        _read_pronouns,
        _read_relative_clauses,
        _read_leading_whole,
        _read_sending,
        _read_sales_to_reporter,
        _read_payments,
        _read_costs,
        _read_bills,
    )
    for step in steps:
        result = step(result, reporter)
    return result


def _read_pronouns(items: list[Item], _reporter: str | None) -> list[Item]:
    """Return the items with `exports of them` and `imports thereof` as trade in the commodity named before."""
    result: list[Item] = []
    commodity: Item | None = None
    for item in items:
        is_object = [each.text for each in result[-1:]] == ["of"] and [each.kind for each in result[-2:-1]] in (
            ["flow"],
            ["money"],
            ["magnitude"],
        )
        if item.kind == "commodity":
            commodity = item
        if item.text == "thereof" and [each.kind for each in result[-1:]] == ["flow"] and commodity is not None:
            result += [
                Item("to", "of", item.start, item.start, "of"),
                replace(item, kind="commodity", value=commodity.value),
            ]
            continue
        is_reference = is_object and item.text.lower() in PRONOUNS and commodity is not None
        result.append(replace(item, kind="commodity", value=commodity.value) if is_reference and commodity else item)
    return result


def _read_relative_clauses(items: list[Item], reporter: str | None) -> list[Item]:
    """Return the items with `the coal that Japan imported` without its pronoun, which else begins a clause."""
    result = []
    for position, item in enumerate(items):
        previous, following = items[max(0, position - 1) : position], items[position + 1 : position + 3]
        is_relative = (
            item.text in {"that", "which"}
            and [each.kind for each in previous] in (["commodity"], ["total"], ["money"], ["magnitude"])
            and (following[-1:] and (following[-1].kind == "flow" or following[-1].text in PAYMENT_VERBS))
            and (following[0].value == reporter or following[0].text in PAYERS)
        )
        result += [] if is_relative else [item]
    return result


def _read_leading_whole(items: list[Item], _reporter: str | None) -> list[Item]:
    """Return the items with `of Japan's coal imports, 66 % came from Australia` in the order of `66 % of Japan's`."""
    comma = next((position for position, item in enumerate(items) if item.text == ","), None)
    if not items or items[0].text.lower() != "of" or comma is None:
        return items
    whole, rest = items[:comma], items[comma + 1 :]
    end = next((position for position, item in enumerate(rest) if item.kind in CLAUSE_ENDS), len(rest))
    share = next((each for each, item in enumerate(rest[:end]) if item.kind in {"percent", "fraction"}), None)
    if share is None or not any(item.kind == "flow" for item in whole) or any(item.kind == "money" for item in whole):
        return items
    return [*rest[: share + 1], *whole, *rest[share + 1 :]]


def _read_sending(items: list[Item], reporter: str | None) -> list[Item]:
    """Return the items with `cars sent to China` as exports, and `cars sent to Japan` as imports."""
    result = list(items)
    for position, item in enumerate(items[:-2]):
        preposition = items[position + 1]
        place = next((each for each in items[position + 2 : position + 4] if each.kind == "area"), None)
        if item.text not in SENDING_VERBS or preposition.value not in {"to", "from"} or place is None:
            continue
        is_export = (preposition.value == "to") != (place.value == reporter)
        result[position] = replace(item, kind="flow", value="X" if is_export else "M")
    return result


def _read_sales_to_reporter(items: list[Item], reporter: str | None) -> list[Item]:
    """Return the items with `Vietnam sold Japan place` and `sold place to Japan` as imports from Vietnam."""
    for position, item in enumerate(items):
        start = _clause_start(items, position)
        sellers = [each for each in items[start:position] if each.kind == "area"]
        is_sale = item.text in SALE_VERBS and len(sellers) == 1 and sellers[0].value != reporter
        if not is_sale or _is_joined(items, start):
            continue
        buyer = _buyer(items, position, reporter)
        if buyer is None:
            continue
        dropped = {buyer, buyer - 1} if items[buyer - 1].kind == "to" else {buyer}
        others = [each for each in items[:position] if each is not sellers[0]]
        purchase = [replace(item, kind="flow", value="M", text="imports"), _preposition(item, "from"), sellers[0]]
        rest = [each for place, each in enumerate(items) if place > position and place not in dropped]
        return [*others, *purchase, *rest]
    return items


def _is_joined(items: Sequence[Item], start: int) -> bool:
    """Return whether a clause begins with the second of two sellers, as in `Saudi Arabia and the UAE sold Japan`."""
    previous = [item.kind for item in items[:start] if item.kind != "filler"][-2:]
    return previous[:1] == ["area"]


def _buyer(items: Sequence[Item], position: int, reporter: str | None) -> int | None:
    """Return the position of the reporter as the buyer of a sale: `sold Japan`, `sold place to Japan`."""
    for place in range(position + 1, len(items)):
        item, previous = items[place], items[place - 1]
        if item.kind in CLAUSE_ENDS:
            return None
        is_owner = [each.kind for each in items[place + 1 : place + 2]] == ["possessive"]
        is_object = place == position + 1 or (previous.kind == "to" and previous.value == "to")
        if item.kind == "area" and item.value == reporter and is_object and not is_owner:
            return place
    return None


def _read_payments(items: list[Item], reporter: str | None) -> list[Item]:
    """Return the items with `Japan paid Australia 5 bn yen for coal` as imports of coal from Australia."""
    for position, item in enumerate(items[:-1]):
        clause = _clause(items, position + 1)
        payers = [each for each in items[_clause_start(items, position) : position] if each.kind != "filler"]
        is_payer = any(each.value == reporter or each.text in PAYERS for each in payers)
        is_payment = item.text in PAYMENT_VERBS and any(each.kind == "money" for each in clause)
        if not is_payment or not (is_payer or not payers):
            continue
        if any(each.kind == "flow" for each in clause):
            return [*items[:position], replace(item, kind="filler"), *items[position + 1 :]]
        place = _paid_commodity(clause)
        if place is None:
            continue
        payee = next((each for each in clause if each.kind != "filler"), None)
        is_payee = payee is not None and payee.kind == "area" and payee.value != reporter
        result = [*items[:position], replace(item, kind="flow", value="M", text="imports")]
        result += [_preposition(item, "from")] if is_payee else []
        return [*result, *_move_origin(clause, place), *items[position + 1 + len(clause) :]]
    return items


def _paid_commodity(clause: Sequence[Item]) -> int | None:
    """Return the position of `for` or `on` before a commodity; null where a clause has none."""
    for position, item in enumerate(clause):
        following = [each.kind for each in clause[position + 1 : position + 3]]
        if item.text in {"for", "on"} and (following[:1] == ["commodity"] or following == ["adjective", "commodity"]):
            return position
    return None


def _move_origin(clause: Sequence[Item], place: int) -> list[Item]:
    """Return a clause with `for Australian coal` as `of coal from Australia`."""
    preposition, following = clause[place], clause[place + 1]
    result = [*clause[:place], replace(preposition, kind="to", value="of", text="of")]
    if following.kind == "commodity":
        return [*result, *clause[place + 1 :]]
    origin = [_preposition(following, "from"), replace(following, kind="area")]
    return [*result, clause[place + 2], *origin, *clause[place + 3 :]]


def _read_costs(items: list[Item], reporter: str | None) -> list[Item]:
    """Return the items with `imports of coal cost Japan 5 bn yen` without the verb and the payer."""
    for position, item in enumerate(items[:-1]):
        names = items[_clause_start(items, position) : position]
        following = items[position + 1]
        is_payer = following.value == reporter or following.text in PAYERS
        is_verb = item.text in COST_VERBS and (is_payer or following.kind in AMOUNT_KINDS)
        rest = items[position + (2 if is_payer else 1) :]
        if is_verb and any(each.kind == "flow" for each in names):
            return [*items[:position], *rest]
        if is_verb and is_payer and [each.kind for each in names if each.kind != "filler"] == ["commodity"]:
            return [*items[:position], replace(item, kind="flow", value="M", text="imports"), *rest]
    return items


def _read_bills(items: list[Item], _reporter: str | None) -> list[Item]:
    """Return the items with `the LNG bill` and `the bill for coal` as imports."""
    result = list(items)
    for position, item in enumerate(items):
        following = items[position + 1 : position + 3]
        has_object = [each.text for each in following[:1]] == ["for"] and [each.kind for each in following[1:]] == [
            "commodity"
        ]
        is_of_commodity = [each.kind for each in items[max(0, position - 1) : position]] == ["commodity"]
        if item.text not in BILLS or not (has_object or is_of_commodity):
            continue
        result[position] = replace(item, kind="flow", value="M")
        if has_object:
            result[position + 1] = replace(following[0], value="of", text="of")
    return result


def _preposition(item: Item, value: str) -> Item:
    return Item("to", value, item.end, item.end, value)


def _clause_start(items: Sequence[Item], position: int) -> int:
    """Return the position behind the last separator, comma or conjunction before an item."""
    ends = CLAUSE_ENDS | {"conjunction"}
    return max((place for place, item in enumerate(items[:position]) if item.kind in ends), default=-1) + 1


def _clause(items: Sequence[Item], start: int) -> list[Item]:
    """Return the items from `start` to the next separator, symbol or conjunction."""
    ends = CLAUSE_ENDS | {"conjunction"}
    end = next((place for place in range(start, len(items)) if items[place].kind in ends), len(items))
    return list(items[start:end])

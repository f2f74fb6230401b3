"""Trade seen from the partner: `Germany took 5 bn yen of Japanese goods`, `Malaysia supplied 17 % of Japan's LNG`."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from service.resources.checks.grammar.words.lexicon import Item

PURCHASE_VERBS = frozenset({"bought", "buys", "purchased", "took", "absorbed", "received", "ordered", "paid", "spent"})
SUPPLY_VERBS = frozenset(
    {"supplied", "supplies", "supplying", "provided", "provides", "delivered", "came from", "coming from"}
    | {"originated in", "originating in"}
)
CONTRIBUTION_VERBS = frozenset(
    {"lowered", "lowering", "raised", "raising", "lifted", "lifting", "reduced", "trimmed", "depressed", "pushed"}
    | {"cut", "dragged", "pulled", "boosted"}
)
CLAUSE_ENDS = frozenset({"symbol", "separator"})


def resolve_purchases(items: Sequence[Item], *, reporter: str | None) -> list[Item]:
    """Return the items of a sentence with trade that is told from the partner's side as a flow of the reporter.

    For example, `Germany took 5 bn yen of Japanese goods` becomes exports of Japan to Germany where `reporter` is
    Japan.
    """
    result = list(items)
    steps: tuple[Callable[[list[Item], str | None], list[Item]], ...] = (
        _read_cities,
        _read_contributions,
        _read_balances,
        _read_spending,
        _read_costs,
        _read_purchases_of_partner,
        _read_deals,
        _read_shares,
    )
    for step in steps:
        result = step(result, reporter)
    return result


def _read_cities(items: list[Item], reporter: str | None) -> list[Item]:
    """Return the items with a capital as its country where it acts or is the object of `with`.

    Another capital is a filler where it is that of the reporter or begins the sentence.
    """
    result = []
    for position, item in enumerate(items):
        following = items[position + 1] if position + 1 < len(items) else None
        previous = next((each for each in reversed(items[:position]) if each.kind != "filler"), None)
        is_object = previous is not None and (
            (previous.kind == "to" and previous.value in {"with", "to", "from"})
            or (previous.kind == "share" and previous.text.endswith((" to", " from", " for")))
        )
        is_actor = following is not None and (
            following.kind in {"possessive", "flow", "share"} or following.text in ACTS
        )
        is_area = item.kind == "city" and (is_object or is_actor)
        kind = "area" if is_area else "filler" if item.value == reporter or position == 0 else "city"
        result.append(replace(item, kind=kind) if item.kind == "city" else item)
    return result


ACTS = frozenset(
    {
        "was",
        "is",
        "remained",
        "ranked",
        "ran",
        "run",
        "posted",
        "logged",
        "recorded",
        "registered",
        "had",
        "has",
        "saw",
        "reported",
        "booked",
    }
)


def _read_contributions(items: list[Item], _reporter: str | None) -> list[Item]:
    """Return the items with `lowered growth by 2 points` as a contribution."""
    points = [position for position, item in enumerate(items) if item.kind == "percent" and item.value == "points"]
    return [
        replace(item, kind="contribution", value="contribution")
        if item.text in CONTRIBUTION_VERBS and any(position < each <= position + 14 for each in points)
        else item
        for position, item in enumerate(items)
    ]


def _read_balances(items: list[Item], _reporter: str | None) -> list[Item]:
    """Return the items with `trade with the EU was in surplus` as a balance with that area."""
    has_side = any(item.kind == "balance" for item in items)
    result: list[Item] = []
    for item in items:
        if has_side and item.kind == "block" and item.text == "trade with":
            result += [replace(item, kind="balance", value="balance"), replace(item, kind="to", value="with")]
        else:
            result.append(item)
    return result


def _read_spending(items: list[Item], _reporter: str | None) -> list[Item]:
    """Return the items with `spending on coal` as imports."""
    result = list(items)
    for position, (item, following) in enumerate(pairwise(items)):
        if item.text in {"spending", "expenditure", "outlays"} and following.text == "on":
            result[position] = replace(item, kind="flow", value="M")
            result[position + 1] = replace(following, kind="to", value="of")
    return result


def _read_costs(items: list[Item], reporter: str | None) -> list[Item]:
    """Return the items with `Australian coal cost Japan 5 bn yen` as imports of coal from Australia."""
    for position, item in enumerate(items[:-1]):
        names = items[max(0, position - 2) : position]
        payer = items[position + 1]
        is_purchase = item.text in {"cost", "costs"} and [each.kind for each in names] == ["adjective", "commodity"]
        if is_purchase and (payer.value == reporter or payer.text in {"it", "the country", "importers"}):
            partner, commodity = names
            imports = [
                replace(item, kind="flow", value="M"),
                replace(item, kind="to", value="from"),
                replace(partner, kind="area"),
                commodity,
            ]
            return [*items[: position - 2], *_owner(payer, reporter), *imports, *items[position + 2 :]]
    return items


def _owner(payer: Item, reporter: str | None) -> list[Item]:
    return [payer, replace(payer, kind="possessive", text="'s")] if payer.value == reporter else []


def _read_purchases_of_partner(items: list[Item], reporter: str | None) -> list[Item]:
    """Return the items with `purchases by the Netherlands` as exports to it."""
    result = list(items)
    for position, item in enumerate(items[:-2]):
        owner = next((each for each in items[position + 2 : position + 4] if each.kind == "area"), None)
        is_purchase = item.text == "purchases" and items[position + 1].text == "by"
        if is_purchase and owner is not None and owner.value != reporter:
            result[position] = replace(item, value="X")
            result[position + 1] = replace(items[position + 1], value="to")
    return result


def _read_deals(items: list[Item], reporter: str | None) -> list[Item]:
    """Return the items with `Germany took 5 bn yen of Japanese goods` as exports to Germany."""
    for position, item in enumerate(items):
        clause = _clause(items, position + 1)
        buyers = [each for each in items[:position] if each.kind == "area"]
        if item.text not in PURCHASE_VERBS or not buyers or buyers[-1].value == reporter:
            continue
        if _names_reporter(clause, reporter) and not any(each.kind in {"flow", "percent"} for each in clause[:6]):
            buyer = buyers[-1]
            others = [each for each in items[:position] if each is not buyer]
            sale = [replace(item, kind="flow", value="X"), replace(item, kind="to", value="to"), buyer]
            return [*others, *sale, *(each for each in items[position + 1 :] if not _is_origin(each, reporter))]
    return items


def _is_origin(item: Item, reporter: str | None) -> bool:
    return item.kind == "adjective" and item.value == reporter


def _names_reporter(clause: Sequence[Item], reporter: str | None) -> bool:
    """Return whether a clause is on goods of the reporter: `Japanese goods`, `from Japan`, `Japan's cars`."""
    is_area = any(
        second.kind == "area" and second.value == reporter and (first.text in {"from", "of"})
        for first, second in pairwise(clause)
    )
    return is_area or any(_is_origin(item, reporter) for item in clause)


def _clause(items: Sequence[Item], start: int) -> list[Item]:
    clause: list[Item] = []
    for item in items[start:]:
        if item.kind in CLAUSE_ENDS and item.text not in {".", "as"}:
            break
        clause.append(item)
    return clause


def _read_shares(items: list[Item], reporter: str | None) -> list[Item]:
    """Return the items with the flow of `supplied 17 % of Japan's LNG` behind its commodity."""
    for position, (first, second, third) in enumerate(zip(items, items[1:], items[2:], strict=False)):
        is_own = first.value == reporter and (first.kind == "area" and second.kind == "possessive")
        goods = third if is_own else second if _is_origin(first, reporter) else None
        if goods is None or goods.kind not in {"commodity", "total"}:
            continue
        end = position + (3 if is_own else 2)
        start = max((place for place, item in enumerate(items[:position]) if item.kind in CLAUSE_ENDS), default=-1) + 1
        clause = [*items[start:position], *_clause(items, end)]
        flow = _implied_flow(clause)
        if flow is not None:
            shares = [_as_share(item) for item in items[:position]]
            return [*shares, *items[position:end], Item("flow", flow, goods.end, goods.end, "trade"), *items[end:]]
    return items


def _implied_flow(clause: Sequence[Item]) -> str | None:
    """Return the flow that the verb of a share implies; null where the clause names one, or has no share."""
    if any(item.kind in {"flow", "balance"} and item.text not in PURCHASE_VERBS for item in clause):
        return None
    texts = {item.text for item in clause}
    has_share = any(item.kind in {"percent", "fraction"} for item in clause) and any(
        item.text == "of" for item in clause
    )
    if not has_share:
        return None
    if texts & SUPPLY_VERBS:
        return "M"
    return "X" if texts & (PURCHASE_VERBS | {"went to", "were sold to", "were shipped to"}) else None


def _as_share(item: Item) -> Item:
    return replace(item, kind="share", value="share") if item.kind == "flow" and item.text in PURCHASE_VERBS else item

"""The measure of a number: value, growth, share, contribution or streak, and its direction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.resources.checks.claims import Quantity
from service.resources.checks.grammar.clauses import Clause
from service.resources.checks.grammar.state import ReadingState
from service.resources.checks.grammar.subjects import Subject
from service.resources.checks.grammar.words.lexicon import Item

SIGN_BY_DIRECTION = {"up": 1, "down": -1, "flat": 0}
BASE_OPENERS = frozenset({"compared with", "compared to", "versus", "vs", "against", "than"})
CHANGE_WORDS = frozenset({"more", "less", "higher", "lower", "larger", "smaller", "more than", "less than"})
"""Words behind an amount that is a change: `5 bn yen more than a year before`."""
NEGATIVE_CONTRIBUTIONS = frozenset(
    {"subtracted", "subtracting", "shaved", "lowered", "lowering", "reduced", "trimmed", "depressed", "cut", "dragged"}
)
EARLIER_YEARS = frozenset(
    {"a year earlier", "a year before", "a year ago", "twelve months earlier", "12 months earlier", "one year earlier"}
    | {"the year before", "twelve months before", "12 months before"}
)
WHOLE_REFERENCES = tuple(["of", word] for word in ("it", "them", "that", "this", "which", "those", "these"))
"""Words for the whole of a share, as in `33 % of it to the United States`."""
SHARE_NOUNS = frozenset({"share", "proportion", "portion", "part"})
PAST_OPENERS = frozenset({"after", "following", "followed", "reversing"})
GROWTH_MEASURES = {
    "yoy": "yoy_pct",
    "pop": "pop_pct",
    "quarter": "pop_pct",
    "two_year": "two_year_pct",
    "ytd": "ytd_pct",
}


@dataclass(frozen=True)
class MeasureChoice:
    """The possible measures of a number, such as `yoy_pct`, with its sign.

    `direction` is 1 for a rise, -1 for a decline, 0 where none is stated. `is_base` marks a figure of the period a year
    before, `is_previous_month` a figure of the month before. `comparison` is a key of GROWTH_MEASURES, such as `yoy`,
    that the clause states; null where it states none. `level_direction` is the direction of a change that ends at the
    amount, -1 in `fell to 5 bn`; else 0. `reason` states why there is no measure.
    """

    measures: tuple[str, ...] = ()
    sign: int = 1
    direction: int = 0
    is_base: bool = False
    is_previous_month: bool = False
    is_certain: bool = True
    comparison: str | None = None
    level_direction: int = 0
    reason: str | None = None


def choose_measures(
    clause: Clause, position: int, subject: Subject | None, *, inherited_direction: int, state: ReadingState
) -> MeasureChoice:
    """Return the possible measures of the number at `position` of a clause.

    `inherited_direction` is the direction that an earlier clause states (1, -1, or 0 for none).
    """
    quantity: Quantity = clause.items[position].value
    if quantity.unit == "currency":
        choice = _amount(clause, position, subject)
        is_earlier = state.is_earlier_year and set(choice.measures) <= {"value", "balance"}
        return replace(choice, is_base=True, level_direction=0) if is_earlier else choice
    if quantity.unit == "months":
        return _streak(clause, position, subject, inherited_direction)
    if quantity.unit == "pp":
        return _points(clause, subject)
    continues_share = state.is_share and not (quantity.has_sign or clause.has("direction", "comparison"))
    is_base = _is_base_of_share(clause, position, state)
    if _is_share(clause, position) or continues_share or is_base:
        return MeasureChoice(_share_measures(subject), is_base=is_base)
    return _growth(clause, position, subject, inherited_direction, state.comparison)


def _is_base_of_share(clause: Clause, position: int, state: ReadingState) -> bool:
    """Return whether a percentage is the share a year before, as in `against 14.8 % a year earlier`."""
    has_origin = _role(clause.items, position) == "from"
    if has_origin and any(clause.items[each].text in SHARE_NOUNS for each in clause.positions("share")):
        return True
    texts = {clause.items[each].text for each in clause.positions("comparison")}
    return state.is_share and (has_origin or clause.opener in BASE_OPENERS) and bool(texts & EARLIER_YEARS)


def _amount(clause: Clause, position: int, subject: Subject | None) -> MeasureChoice:
    following = clause.items[position + 1].text if position + 1 < len(clause.items) else ""
    role = "change" if following in CHANGE_WORDS else _role(clause.items, position)
    role = "from" if role == "change" and _is_compared_amount(clause.items, position) else role
    is_balance = subject is not None and subject.balance is not None
    direction = find_direction(clause, position)
    if role == "change" and not (is_balance and not direction and following not in CHANGE_WORDS):
        return MeasureChoice(("balance_size_change" if is_balance else "yoy_change",), direction or 1, direction)
    names_other_flow = clause.has("flow", "balance") and not clause.has("comparison", "period")
    is_base = role == "from" or (clause.opener in BASE_OPENERS and not _has_growth(clause) and not names_other_flow)
    is_base = is_base or _begins_with_earlier_year(clause, position) or _is_of_earlier_year(clause, position, direction)
    level_direction = direction if role == "to" and not is_base else 0
    measure = "balance" if is_balance else "value"
    return MeasureChoice((measure,), 1, direction, is_base=is_base, level_direction=level_direction)


def is_earlier_year(clause: Clause) -> bool:
    """Return whether a clause states only a time a year before, as in `A year earlier, exports were 6.55 trillion`."""
    items = [item for item in clause.items if item.kind != "filler"]
    return [item.kind for item in items] == ["comparison"] and items[0].text in EARLIER_YEARS


def _begins_with_earlier_year(clause: Clause, position: int) -> bool:
    """Return whether a clause begins with the time of its number, as in `a year earlier exports were 6.55 trillion`."""
    items = [item for item in clause.items[:position] if item.kind != "filler"]
    return bool(items) and items[0].kind == "comparison" and items[0].value == "yoy" and items[0].text in EARLIER_YEARS


def _is_of_earlier_year(clause: Clause, position: int, direction: int) -> bool:
    """Return whether an amount is of the year before, as in `after a deficit of 174 billion yen a year earlier`."""
    following = next((item for item in clause.items[position + 1 :] if item.kind != "filler"), None)
    is_earlier = following is not None and following.kind == "comparison" and following.text in EARLIER_YEARS
    return is_earlier and not direction


def _has_growth(clause: Clause) -> bool:
    return any(clause.items[each].value.unit == "%" for each in clause.positions("quantity"))


def _role(items: Sequence[Item], position: int) -> str:
    """Return `change` for `rose by 5 bn` and `rose 5 bn`, `from` for `from 5 bn`, `to` for `to 5 bn`, else `value`."""
    for place in range(position - 1, -1, -1):
        item = items[place]
        if item.kind == "to" and not _has_name(items, place, position):
            return {"by": "change", "from": "from", "to": "to"}.get(item.value, "value")
        if item.kind == "direction":
            return "change"
        if item.kind in {"quantity", "flow", "balance", "total"}:
            return "value"
    return "value"


def _is_compared_amount(items: Sequence[Item], position: int) -> bool:
    """Return whether the change before an amount is that of another number: `66 % less than the 43.7 bn yen of`."""
    previous = [item.kind for item in items[:position] if item.kind != "filler"][-2:]
    return previous == ["quantity", "direction"]


def _has_name(items: Sequence[Item], place: int, position: int) -> bool:
    """Return whether a preposition belongs to a name before the number: `imports from China 5 bn yen`."""
    following = next((item for item in items[place + 1 : position] if item.kind != "filler"), None)
    return following is not None and following.kind in {"area", "commodity", "adjective"}


def _streak(clause: Clause, position: int, subject: Subject | None, inherited_direction: int) -> MeasureChoice:
    direction = find_direction(clause, position) or inherited_direction
    if subject is not None and subject.balance is not None:
        is_side = subject.balance != "balance" and not direction
        return (
            MeasureChoice(("streak_length",)) if is_side else MeasureChoice(reason="not_covered", direction=direction)
        )
    if not direction:
        return MeasureChoice(reason="ambiguous")
    return MeasureChoice(("streak_length",), direction, direction)


def _points(clause: Clause, subject: Subject | None) -> MeasureChoice:
    if not clause.has("contribution", "share"):
        return MeasureChoice(reason="not_covered")
    words = {clause.items[each].text for each in clause.positions("contribution")}
    sign = -1 if words & NEGATIVE_CONTRIBUTIONS else 1
    measure = "commodity_contribution_pp" if _is_commodity(subject) else "partner_contribution_pp"
    return MeasureChoice((measure,), sign)


def _share_measures(subject: Subject | None) -> tuple[str, ...]:
    """Return the measures of a share: that of a partner in a commodity's trade can be that of the commodity as well."""
    if subject is not None and _is_commodity(subject) and subject.partner is not None:
        return ("partner_share_pct", "commodity_share_pct")
    return ("commodity_share_pct",) if _is_commodity(subject) else ("partner_share_pct",)


def _is_commodity(subject: Subject | None) -> bool:
    return subject is not None and subject.commodity is not None


def _is_share(clause: Clause, position: int) -> bool:
    """Return whether a percentage is a share: `accounted for 17 %`, `17 % of exports`."""
    items = clause.items
    if [item.kind for item in items[position + 1 : position + 2]] == ["direction"]:
        return False
    shares = [item.text for item in items[:position] if item.kind == "share"]
    is_level = bool(SHARE_NOUNS.intersection(shares)) and _role(items, position) in {"to", "from"}
    if shares and (is_level or not preceding_direction(items, position)):
        return True
    if [item.text.lower() for item in items[position + 1 : position + 3]] in WHOLE_REFERENCES:
        return True
    later_items = [
        item
        for item in items[position + 1 : position + 8]
        if item.kind not in {"filler", "area", "possessive", "adjective"}
    ]
    has_preposition = len(later_items) > 1 and later_items[0].text == "of"
    return has_preposition and any(item.kind in {"flow", "total"} for item in later_items[1:3])


def _growth(
    clause: Clause, position: int, subject: Subject | None, inherited_direction: int, earlier_comparison: str | None
) -> MeasureChoice:
    quantity: Quantity = clause.items[position].value
    is_balance = subject is not None and subject.balance is not None
    comparison, is_certain = _comparison(clause, position, earlier_comparison)
    is_past = clause.opener in PAST_OPENERS
    own_direction = find_direction(clause, position)
    direction = own_direction or (0 if is_past else inherited_direction)
    is_from_base = _role(clause.items, position) == "from" or clause.opener in BASE_OPENERS
    is_previous_month = (is_past and comparison == "pop") or (is_from_base and comparison == "yoy")
    if is_past and comparison == "pop":
        comparison = "yoy"
    if quantity.has_sign:
        sign = 1
        direction = direction or (1 if quantity.number >= 0 else -1)
    else:
        sign = direction or 1
    if is_balance:
        measures: tuple[str, ...] = ("balance_magnitude_pct",) if comparison == "yoy" else ()
    else:
        measures = (GROWTH_MEASURES[comparison],)
    if not measures:
        return MeasureChoice(reason="not_covered")
    has_direction = bool(direction) or quantity.has_sign
    return MeasureChoice(
        measures,
        sign,
        direction,
        comparison=comparison if clause.has("comparison") or earlier_comparison else None,
        is_previous_month=is_previous_month,
        is_certain=is_certain and has_direction and not (is_past or is_from_base),
    )


def _comparison(clause: Clause, position: int, earlier: str | None) -> tuple[str, bool]:
    """Return the comparison of a growth rate: the next behind the number, the one before, or an earlier one."""
    positions, quantities = clause.positions("comparison"), clause.positions("quantity")
    next_quantity = min((each for each in quantities if each > position), default=len(clause.items))
    later_positions = [each for each in positions if position < each < next_quantity]
    previous = [each for each in positions if each < min(quantities)]
    nearest = later_positions[:1] or previous[-1:]
    return (clause.items[nearest[0]].value, True) if nearest else (earlier or "yoy", True)


def find_direction(clause: Clause, position: int) -> int:
    """Return 1 where the number at `position` is a rise, -1 where it is a decline, 0 where the clause does not say.

    The nearest word such as `rose` or `decline` before the number decides; if there is none, the first one after it.
    """
    direction = preceding_direction(clause.items, position)
    if direction:
        return direction
    for item in clause.items[position + 1 : position + 6]:
        if item.kind == "direction":
            return SIGN_BY_DIRECTION[item.value]
        if item.kind in {"quantity", "comparison"}:
            break
    return 0


def preceding_direction(items: Sequence[Item], position: int) -> int:
    """Return 1 or -1 by the last word before `position` that states a rise or a decline; 0 where there is none."""
    for item in reversed(items[:position]):
        if item.kind == "direction":
            return SIGN_BY_DIRECTION[item.value]
    return 0

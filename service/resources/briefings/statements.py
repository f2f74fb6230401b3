"""What a briefing states: sentences made of the numbers of one row each, with the request that gives that row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from service.resources.briefings.wording import STATUS_WORDS, as_printed, money, moved, ordinal, percent, points

Row = Mapping[str, Any]

SECTIONS = {
    "totals": "Totals",
    "balance": "Balance",
    "partners": "Main partners",
    "contributions": "What moved the totals: partners",
    "commodities": "What moved the totals: goods",
    "partner_commodities": "Goods with the main partners",
    "measures": "Trade measures in force",
    "indicators": "Surveys and context",
    "missing": "What is missing",
}
"""The sections of a briefing, in order, and their titles."""

NUMBERS = {
    "value": None,
    "yoy_base": None,
    "yoy_pct": "%",
    "pop_pct": "%",
    "ytd_value": None,
    "ytd_pct": "%",
    "streak_length": "periods",
    "partner_share_pct": "%",
    "partner_contribution_pp": "pp",
    "commodity_share_pct": "%",
    "commodity_contribution_pp": "pp",
    "rank": "place",
    "exports_value": None,
    "imports_value": None,
    "balance": None,
    "balance_base": None,
    "balance_change": None,
    "balance_magnitude_pct": "%",
    "exchange_rate": "rate",
}
"""Columns that statements take numbers from, and their units; null is the row's currency."""


@dataclass(frozen=True)
class Number:
    """A number of a statement: `name` is the column of the row at the statement's link that it stands in."""

    name: str
    value: float | int | None
    unit: str


@dataclass(frozen=True)
class Statement:
    """One sentence, its numbers, the releases and the status that they come with, and the request that gives them."""

    id: str
    section: str
    sentence: str
    link: str
    numbers: tuple[Number, ...] = ()
    releases: tuple[str, ...] = ()
    obs_status: str | None = None


def numbers_of(row: Row, *names: str) -> tuple[Number, ...]:
    """Return the numbers in the columns of `names`, each with its unit."""
    return tuple(Number(name, row[name], NUMBERS[name] or row["currency"]) for name in names)


def total(row: Row, *, flow: str, reporter: str, when: str, begun: bool, link: str) -> Statement:
    """State all exports or imports of a period, their growth, and for how long they have grown.

    `begun` tells whether it is known when that began.
    """
    streak = _streak_words(row, begun=begun)
    sentence = f"{_possessive(reporter)} {flow} in {when} were {_amount(row)}, {growth_words(row)}{streak}."
    names = ("value", "yoy_base", "yoy_pct", "streak_length")
    return _of_figure(row, flow, "totals", sentence, link, names)


def year_to_date(row: Row, *, flow: str, reporter: str, link: str) -> Statement:
    """State the sum from January to the period, and its growth."""
    growth = f", {moved(row['ytd_pct'])} on the same months of a year before" if row["ytd_pct"] is not None else ""
    amount = money(row["ytd_value"], row["currency"])
    sentence = f"Since January {_possessive(reporter)} {flow} came to {amount}{growth}."
    return _of_figure(row, f"{flow}-year-to-date", "totals", sentence, link, ("ytd_value", "ytd_pct"))


def converted(row: Row, *, flow: str, reported: Row, basis: str, link: str) -> Statement:
    """State a total in a second currency, at which rate, and what the amount as printed before comes to."""
    rate, currency = row["exchange_rate"], row["currency"]
    printed = as_printed(reported["value"])
    at_rate = {"average": "the period's average rate", "end": "the rate of the period's end"}.get(basis)
    sentence = (
        f"At {at_rate or f'the rate of {basis}'} ({1 / rate:,.4f} {reported['currency']} for one {currency}) the "
        f"{flow} were {money(row['value'], currency)}; {money(printed, reported['currency'])}, as printed above, are "
        f"{money(round(printed * rate), currency)}. In {currency} they were {growth_words(row)}."
    )
    of_printed = Number("value_as_printed_converted", round(printed * rate), currency)
    statement = _of_figure(
        row, f"{flow}-in-{currency}", "totals", sentence, link, ("value", "yoy_pct", "exchange_rate")
    )
    return Statement(**{**vars(statement), "numbers": (*statement.numbers, of_printed)})


def balance(row: Row, *, reporter: str, when: str, partner: str | None, link: str) -> Statement:
    """State the balance with the world or one partner, and how it moved."""
    with_whom = "" if partner is None else f" with {partner}"
    size = money(row["balance"], row["currency"])
    sign = "deficit" if row["balance"] < 0 else "surplus"
    sentence = (
        f"{_possessive(reporter)} trade balance{with_whom} in {when} was a {sign} of {size}{_balance_moved(row)} "
        f"(exports {row['exports_valuation']}, imports {row['imports_valuation']})."
    )
    names = ("exports_value", "imports_value", "balance", "balance_base", "balance_change", "balance_magnitude_pct")
    releases = tuple(sorted({row[name] for name in ("exports_release", "imports_release") if row[name]}))
    key = "balance" if partner is None else f"balance-{row['partner']}"
    return Statement(key, "balance", sentence, link, numbers_of(row, *names), releases)


def partner(row: Row, *, flow: str, name: str, link: str) -> Statement:
    """State a main partner's trade, its growth, and its part in the total."""
    share = f", {percent(row['partner_share_pct'])} of all {flow}" if row["partner_share_pct"] is not None else ""
    sentence = f"{_with(flow, name)} were {_amount(row)}, {growth_words(row)}{share}."
    names = ("value", "yoy_base", "yoy_pct", "partner_share_pct", "partner_contribution_pp", "rank")
    return _of_figure(row, f"{flow}-{row['partner']}", "partners", sentence, link, names)


def contribution(row: Row, *, flow: str, name: str, total_growth: float, link: str) -> Statement:
    """State how many points of the total's growth a partner brought."""
    sentence = (
        f"{name[0].upper()}{name[1:]} brought {points(row['partner_contribution_pp'])} percentage points of the "
        f"{points(total_growth)} % by which {flow} grew ({growth_words(row)})."
    )
    names = ("partner_contribution_pp", "yoy_pct", "value")
    return _of_figure(row, f"{flow}-contribution-{row['partner']}", "contributions", sentence, link, names)


def commodity(row: Row, *, flow: str, partner: str | None, parent: str | None, link: str) -> Statement:
    """State how trade in a good moved, and what it brought of the growth of all goods."""
    goods = row["commodity_name"] + (f" (part of {parent})" if parent else "")
    whose = f"{flow.capitalize()} of {goods}"
    if partner:
        whose = f"{_with(flow, partner)}: {goods}"
    brought = f", {points(row['commodity_contribution_pp'])} points of the growth of all goods"
    sentence = f"{whose}: {_amount(row)}, {growth_words(row)}{brought}."
    names = ("value", "yoy_base", "yoy_pct", "commodity_contribution_pp")
    section, of_partner = ("commodities", "") if partner is None else ("partner_commodities", f"-{row['partner']}")
    return _of_figure(row, f"{flow}{of_partner}-{row['commodity']}", section, sentence, link, names)


def missing(key: str, sentence: str, *, link: str) -> Statement:
    """State what cannot be said, and where that can be seen."""
    return Statement(f"missing-{key}", "missing", sentence, link)


def growth_words(row: Row, *, moved_by: Callable[[float], str] = moved) -> str:
    """Return `up 29.2 % on a year before`, or why there is no growth."""
    if row["yoy_pct"] is None:
        return f"growth over the year before unknown, as {STATUS_WORDS[row['yoy_status']]}"
    return f"{moved_by(row['yoy_pct'])} on a year before"


def _of_figure(row: Row, key: str, section: str, sentence: str, link: str, names: tuple[str, ...]) -> Statement:
    releases = (row["release"],) if row["release"] else ()
    return Statement(key, section, sentence, link, numbers_of(row, *names), releases, row["obs_status"])


def _amount(row: Row) -> str:
    return money(row["value"], row["currency"])


def _streak_words(row: Row, *, begun: bool) -> str:
    length, unit = row["streak_length"], {"M": "month", "Q": "quarter", "A": "year"}[row["frequency"]]
    word = {"up": "growth", "down": "decline"}.get(row["streak_direction"] or "")
    if not word or length < 2:
        return ""
    return f", the {ordinal(length)} {unit} of {word} in a row{'' if begun else ' at least'}"


def _balance_moved(row: Row) -> str:
    transition, size_pct = row["balance_transition"], row["balance_magnitude_pct"]
    if transition is None:
        return f"; how it moved is unknown, as {STATUS_WORDS[row['balance_status']]}"
    before = f"{money(row['balance_base'], row['currency'])} a year before"
    if transition == "unchanged":
        return ", as a year before"
    if transition in {"to_surplus", "to_deficit"}:
        return f", after a {'deficit' if transition == 'to_surplus' else 'surplus'} of {before}"
    sign, way = transition.split("_")
    halved = ", it halved" if -52 <= (size_pct or 0) <= -48 else ""
    return f", after {before}: the {sign} {way} by {percent(size_pct or 0)}{halved}"


def _with(flow: str, name: str) -> str:
    return f"Exports to {name}" if flow == "exports" else f"Imports from {name}"


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"

"""The balance of trade, with the world and with the main partners, and which way it went."""

from collections.abc import Iterator, Sequence

from service.resources.briefings.data_source import Facts, Row
from service.resources.briefings.request import Asked
from service.resources.briefings.statement import Statement, missing, numbers_of
from service.resources.briefings.text import NO_GROWTH_WORDS, area_words, money, percent, possessive, sentence_of

HALF = 2
"""How many points on either side of 50 % still count as a half."""
MOST_PERCENT = 200
"""Growth beyond it is told as so many times."""
NUMBERS = ("exports_value", "imports_value", "balance", "balance_base", "balance_change", "balance_magnitude_pct")


def tell_balances(facts: Facts, asked: Asked, main: Sequence[Row]) -> Iterator[Statement]:
    """Yield the balance with the world, and with each of the main partners."""
    codes = ["WLD", *(row["partner"] for row in main)]
    found, question = facts.found("/v1/balances", has="balance", grows="balance_change", partner=",".join(codes))
    rows = {row["partner"]: row for row in found}
    names = {row["partner"]: area_words(row["partner_name"]) for row in main}
    for code in codes:
        link = facts.link("/v1/balances", **{**question, "partner": code})
        if code in rows:
            yield _balance(rows[code], asked=asked, partner=names.get(code), link=link)
        else:
            with_whom = f"with {names[code]} " if code in names else ""
            sentence = f"The balance of trade {with_whom}in {asked.when} is not known: it takes both flows."
            yield missing(f"balance-{code}", sentence, link=link)


def _balance(row: Row, *, asked: Asked, partner: str | None, link: str) -> Statement:
    size = money(row["balance"], row["currency"])
    sign = "deficit" if row["balance"] < 0 else "surplus"
    if partner is None:
        valued = f" (exports {row['exports_valuation']}, imports {row['imports_valuation']})"
        whose = f"{possessive(asked.reporter_name)} trade balance in {asked.when} was a {sign} of {size}"
    else:
        valued = ""
        whose = f"Trade with {partner} left a {sign} of {size}"
    releases = tuple(sorted({row[name] for name in ("exports_release", "imports_release") if row[name]}))
    key = "balance" if partner is None else f"balance-{row['partner']}"
    return Statement(
        key, "balance", sentence_of(f"{whose}{_moved(row)}{valued}"), link, numbers_of(row, NUMBERS), releases
    )


def _moved(row: Row) -> str:
    """Return how the balance moved, to follow its size."""
    transition, size_pct = row["balance_transition"], row["balance_magnitude_pct"]
    if transition is None:
        return f", {NO_GROWTH_WORDS[row['balance_status']]}"
    before = f"{money(row['balance_base'], row['currency'])} a year before"
    if transition == "unchanged":
        return ", as a year before"
    if transition in {"to_surplus", "to_deficit"}:
        return f", after a {'deficit' if transition == 'to_surplus' else 'surplus'} of {before}"
    sign, way = transition.split("_")
    return f", after {before}: the {sign} {_by_how_much(way, size_pct)}"


def _by_how_much(way: str, size_pct: float | None) -> str:
    if size_pct is None:
        return way
    if abs(size_pct + 50) <= HALF:
        return f"halved, narrowing by {percent(size_pct)}"
    if size_pct > MOST_PERCENT:
        return f"widened to {1 + size_pct / 100:.1f} times that"
    return f"{way} by {percent(size_pct)}"

"""What a briefing says, section by section: which figures, and in which order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from service.resources.briefings import statements as say
from service.resources.briefings.facts import Facts, Row
from service.resources.briefings.statements import Statement
from service.resources.briefings.wording import STATUS_WORDS, area_words, period_words

FLOWS = {"exports": "X", "imports": "M"}
ALL_ROWS = "10000"
MOVERS = 5
"""How many goods, and partners by contribution, are told on either side."""
LEAST_POINTS = 0.05
"""Contributions below it would be printed as 0.0 points, and are left out."""
MOVERS_OF_PARTNER, PARTNERS_WITH_GOODS = 3, 3


@dataclass(frozen=True)
class Asked:
    """What a briefing is about; `currency` is a second one for totals, null for none, and `top` the main partners."""

    reporter_name: str
    period: str
    currency: str | None
    fx: str | None
    top: int

    @property
    def when(self) -> str:
        """Return the period in words."""
        return period_words(self.period)


def statements(facts: Facts, asked: Asked) -> Iterator[Statement]:
    """Yield all statements of a briefing, in the order of its sections.

    :raises DataMoved: the data changed meanwhile.
    """
    totals = {row["flow"]: row for row in facts.rows("/v1/series", flow="X,M") if row["value"] is not None}
    if not totals:
        reason = facts.meta["empty_reason"] or "not_published"
        sentence = f"Nothing can be said of {asked.reporter_name} in {asked.when}: {_why(reason)}."
        yield say.missing("totals", sentence, link=facts.link("/v1/series", flow="X,M"))
        return
    yield from _totals(facts, asked, totals)
    partners = _partners(facts)
    yield from _balances(facts, asked, partners)
    yield from _main_partners(facts, asked, partners)
    yield from _contributions(facts, totals, partners)
    yield from _goods(facts, asked, partners)


def _why(reason: str) -> str:
    return {
        "not_covered": "no dataset of it is loaded for such periods",
        "not_published": "the period is not published, or not by that day",
    }.get(reason, STATUS_WORDS.get(reason, reason))


def _totals(facts: Facts, asked: Asked, totals: dict[str, Row]) -> Iterator[Statement]:
    history = facts.rows("/v1/series", flow="X,M", period=f"..{asked.period}", limit=ALL_ROWS)
    for flow, code in FLOWS.items():
        row = totals.get(code)
        link = facts.link("/v1/series", flow=code)
        if row is None:
            yield say.missing(flow, f"Total {flow} in {asked.when} are not published.", link=link)
            continue
        begun = _streak_begun([row for row in history if row["flow"] == code], row)
        yield say.total(row, flow=flow, reporter=asked.reporter_name, when=asked.when, begun=begun, link=link)
        if row["ytd_value"] is not None and row["ytd_value"] != row["value"]:
            yield say.year_to_date(row, flow=flow, reporter=asked.reporter_name, link=link)
        if asked.currency and asked.currency.upper() != row["reported_currency"]:
            yield _converted(facts, asked, flow, row)


def _streak_begun(history: Sequence[Row], row: Row) -> bool:
    """Return whether the beginning of a streak is known, or lies before the first growth that can be computed."""
    before = len(history) - 1 - (row["streak_length"] or 0)
    return before >= 0 and history[before]["streak_direction"] is not None


def _converted(facts: Facts, asked: Asked, flow: str, reported: Row) -> Statement:
    question = {"flow": FLOWS[flow], "currency": asked.currency, "fx": asked.fx}
    link = facts.link("/v1/flows", **question)
    (row,) = facts.rows_at(link)
    if row["value"] is None:
        return say.missing(f"{flow}-rate", f"There is no exchange rate of {asked.when} yet.", link=link)
    return say.converted(row, flow=flow, reported=reported, basis=asked.fx or "average", link=link)


def _partners(facts: Facts) -> dict[str, list[Row]]:
    """Return the single partners of each flow by falling value."""
    rows = facts.rows("/v1/partners", flow="X,M", limit=ALL_ROWS)
    return {code: [row for row in rows if row["flow"] == code and row["value"]] for code in FLOWS.values()}


def _balances(facts: Facts, asked: Asked, partners: dict[str, list[Row]]) -> Iterator[Statement]:
    main = [row["partner"] for row in partners["X"][: asked.top]]
    rows = {row["partner"]: row for row in facts.rows("/v1/balances", partner=",".join(["WLD", *main]))}
    for code in ["WLD", *main]:
        row, link = rows.get(code), facts.link("/v1/balances", partner=code)
        if row is None or row["balance"] is None:
            yield say.missing(f"balance-{code}", f"The balance with {code} is not known.", link=link)
        else:
            partner = None if code == "WLD" else area_words(row["partner_name"])
            yield say.balance(row, reporter=asked.reporter_name, when=asked.when, partner=partner, link=link)


def _main_partners(facts: Facts, asked: Asked, partners: dict[str, list[Row]]) -> Iterator[Statement]:
    for flow, code in FLOWS.items():
        if not partners[code]:
            sentence = f"{flow.capitalize()} by partner are not loaded for {asked.when}."
            yield say.missing(f"{flow}-partners", sentence, link=facts.link("/v1/partners", flow=code))
        for row in partners[code][: asked.top]:
            link = facts.link(f"/v1/partners/{row['partner']}", flow=code)
            yield say.partner(row, flow=flow, name=area_words(row["partner_name"]), link=link)


def _contributions(facts: Facts, totals: dict[str, Row], partners: dict[str, list[Row]]) -> Iterator[Statement]:
    for flow, code in FLOWS.items():
        growth = totals[code]["yoy_pct"] if code in totals else None
        if growth is None:
            continue
        for row in _movers(partners[code], "partner_contribution_pp", most=MOVERS):
            link = facts.link(f"/v1/partners/{row['partner']}", flow=code)
            name = area_words(row["partner_name"])
            yield say.contribution(row, flow=flow, name=name, total_growth=growth, link=link)


def _goods(facts: Facts, asked: Asked, partners: dict[str, list[Row]]) -> Iterator[Statement]:
    for flow, code in FLOWS.items():
        rows = _goods_of(facts, code, partner="WLD")
        if not rows:
            sentence = f"{flow.capitalize()} by commodity are not loaded for {asked.when}."
            yield say.missing(f"{flow}-commodities", sentence, link=facts.link("/v1/commodities", flow=code))
        yield from _goods_stated(facts, rows, flow=flow, most=MOVERS)
    for partner in partners["X"][: min(PARTNERS_WITH_GOODS, asked.top)]:
        rows = _goods_of(facts, "X", partner=partner["partner"])
        yield from _goods_stated(facts, rows, flow="exports", partner=partner, most=MOVERS_OF_PARTNER)


def _goods_of(facts: Facts, code: str, *, partner: str) -> list[Row]:
    """Return the goods of the classification's own level, or of all levels but the coarsest where it has none."""
    rows = facts.rows("/v1/commodities", flow=code, partner=partner, limit=ALL_ROWS)
    levels = {row["level"] for row in rows}
    return [row for row in rows if len(levels) == 1 or row["level"] > min(levels)]


def _goods_stated(
    facts: Facts, rows: Sequence[Row], *, flow: str, most: int, partner: Row | None = None
) -> Iterator[Statement]:
    names = {row["commodity"]: row["commodity_name"] for row in rows}
    name = None if partner is None else area_words(partner["partner_name"])
    of_whom: dict[str, Any] = {} if partner is None else {"partner": partner["partner"]}
    for row in _movers(rows, "commodity_contribution_pp", most=most):
        link = facts.link(f"/v1/commodities/{row['commodity']}", flow=FLOWS[flow], **of_whom)
        yield say.commodity(row, flow=flow, partner=name, parent=names.get(row["parent"]), link=link)


def _movers(rows: Sequence[Row], column: str, *, most: int) -> list[Row]:
    """Return the rows that moved the whole up most, the first of them first, and then those that moved it down most."""
    known = [row for row in rows if row[column] is not None and abs(row[column]) >= LEAST_POINTS]
    up = sorted((row for row in known if row[column] > 0), key=lambda row: -row[column])
    down = sorted((row for row in known if row[column] < 0), key=lambda row: row[column])
    return [*up[:most], *down[:most]]

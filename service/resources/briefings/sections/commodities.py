"""Goods: which of them moved all exports and imports, and trade with the main partners."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.resources.briefings.data_source import Facts, Question, Row
from service.resources.briefings.request import ALL_ROWS, FLOWS, MAIN_PARTNERS, Asked
from service.resources.briefings.sections.partners import Partners
from service.resources.briefings.sections.top_contributors import MOST_MOVERS, movers
from service.resources.briefings.statement import Statement, missing, of_figure
from service.resources.briefings.text import amount, goods_words, growth_words, of_whom, percent, size_of_points

MOVERS_OF_PARTNER = 3
MOVED = ("value", "yoy_base", "yoy_pct", "commodity_contribution_pp")
SIZED = ("value", "commodity_share_pct")


@dataclass(frozen=True)
class _Goods:
    """Goods of one flow with one partner, null for the World, and the question that they answer."""

    flow: str
    partner: Row | None
    rows: Sequence[Row]
    question: Question

    @property
    def whole(self) -> str:
        """Return what they are a part of: `all exports`, `exports to China`."""
        if self.partner is None:
            return f"all {self.flow}"
        return f"{self.flow} {of_whom(self.flow, self.partner['partner_name'])}"

    def key(self, row: Row) -> str:
        """Return the id of the statement on one of them."""
        of_partner = "" if self.partner is None else f"-{self.partner['partner']}"
        return f"{self.flow}{of_partner}-{row['commodity']}"

    def named(self, row: Row) -> str:
        """Return `Exports of passenger cars (part of motor vehicles) to China`."""
        names = {one["commodity"]: goods_words(one) for one in self.rows}
        parent = f" (part of {names[row['parent']]})" if row["parent"] in names else ""
        whom = "" if self.partner is None else f" {of_whom(self.flow, self.partner['partner_name'])}"
        return f"{self.flow.capitalize()} of {goods_words(row)}{parent}{whom}"


def tell_goods(facts: Facts, asked: Asked, partners: Mapping[str, Partners]) -> Iterator[Statement]:
    """Yield the goods that moved all exports and imports most, and then those that moved trade with main partners."""
    told = []
    for flow in FLOWS:
        goods = _found(facts, flow)
        if not goods.rows:
            sentence = f"{flow.capitalize()} by commodity are not loaded for {asked.when}."
            yield missing(f"{flow}-commodities", sentence, link=facts.link("/v1/commodities", flow=FLOWS[flow]))
        else:
            told.append(flow)
        yield from _told(facts, goods, section="commodities", most=MOST_MOVERS)
    for flow in told:
        for partner in partners[FLOWS[flow]].rows[: min(MAIN_PARTNERS, asked.top)]:
            goods = _found(facts, flow, partner=partner)
            yield from _told(facts, goods, section="partner_commodities", most=MOVERS_OF_PARTNER)


def _found(facts: Facts, flow: str, *, partner: Row | None = None) -> _Goods:
    """Return the goods of the classification's own level, or of all levels but the coarsest where it has none."""
    code = "WLD" if partner is None else partner["partner"]
    rows, question = facts.found("/v1/commodities", flow=FLOWS[flow], partner=code, limit=ALL_ROWS)
    levels = {row["level"] for row in rows}
    finer = [row for row in rows if len(levels) == 1 or row["level"] > min(levels)]
    unneeded = {"limit"} | ({"partner"} if partner is None else set())
    return _Goods(flow, partner, finer, {name: value for name, value in question.items() if name not in unneeded})


def _told(facts: Facts, goods: _Goods, *, section: str, most: int) -> Iterator[Statement]:
    """Yield the goods that moved the whole; where no growth is known, the largest of them."""
    moved = _parts_below_wholes(movers(goods.rows, "commodity_contribution_pp", most=most))
    known = any(row["commodity_contribution_pp"] is not None for row in goods.rows)
    for row in moved if known else goods.rows[:most]:
        link = facts.link(f"/v1/commodities/{row['commodity']}", **goods.question)
        told, names = (_brought(row, goods), MOVED) if known else (_sized(row, goods), SIZED)
        sentence = f"{goods.named(row)} were {amount(row)}, {told}."
        yield of_figure(row, goods.key(row), section, sentence, link, names)


def _brought(row: Row, goods: _Goods) -> str:
    size = size_of_points(row["commodity_contribution_pp"])
    if row["commodity_contribution_pp"] > 0:
        return f"{growth_words(row)}, adding {size} percentage points to {goods.whole}"
    return f"{growth_words(row)}, taking {size} percentage points off {goods.whole}"


def _sized(row: Row, goods: _Goods) -> str:
    share = row["commodity_share_pct"]
    return f"{growth_words(row)}" if share is None else f"{percent(share)} of {goods.whole}"


def _parts_below_wholes(rows: Sequence[Row]) -> list[Row]:
    """Return the rows in their order, but each part right below the whole that it is a part of."""
    codes = {row["commodity"] for row in rows}
    tops = [row for row in rows if row["parent"] not in codes]
    return [one for top in tops for one in (top, *_parts_of(top, rows))]


def _parts_of(whole: Row, rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        if row["parent"] == whole["commodity"]:
            yield row
            yield from _parts_of(row, rows)

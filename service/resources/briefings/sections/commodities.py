"""Goods: which of them moved all exports and imports, and trade with the main partners."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.resources.briefings.data_source import BriefingData, QueryParameters, ResponseRow
from service.resources.briefings.request import FLOW_CODE_BY_NAME, MAX_DETAILED_PARTNERS, MAX_LIMIT, BriefingRequest
from service.resources.briefings.sections.partners import PartnerRows
from service.resources.briefings.sections.top_contributors import MAX_CONTRIBUTORS, top_contributors
from service.resources.briefings.statement import Statement, missing_statement, statement_for_row
from service.resources.briefings.text import (
    describe_growth,
    format_commodity,
    format_percent,
    format_points_size,
    format_value,
    partner_phrase,
)

MAX_CONTRIBUTORS_PER_PARTNER = 3
COMMODITY_GROWTH_COLUMNS = ("value", "yoy_base", "yoy_pct", "commodity_contribution_pp")
COMMODITY_VALUE_COLUMNS = ("value", "commodity_share_pct")


@dataclass(frozen=True)
class _CommodityRows:
    """Goods of one flow with one partner, null for the World, and the question that they answer."""

    flow: str
    partner: ResponseRow | None
    rows: Sequence[ResponseRow]
    parameters: QueryParameters

    @property
    def total_name(self) -> str:
        """Return what they are a part of: `all exports`, `exports to China`."""
        if self.partner is None:
            return f"all {self.flow}"
        return f"{self.flow} {partner_phrase(self.flow, self.partner['partner_name'])}"

    def statement_id(self, row: ResponseRow) -> str:
        """Return the id of the statement on one of them."""
        of_partner = "" if self.partner is None else f"-{self.partner['partner']}"
        return f"{self.flow}{of_partner}-{row['commodity']}"

    def describe(self, row: ResponseRow) -> str:
        """Return `Exports of passenger cars (part of motor vehicles) to China`."""
        names = {one["commodity"]: format_commodity(one) for one in self.rows}
        parent = f" (part of {names[row['parent']]})" if row["parent"] in names else ""
        whom = "" if self.partner is None else f" {partner_phrase(self.flow, self.partner['partner_name'])}"
        return f"{self.flow.capitalize()} of {format_commodity(row)}{parent}{whom}"


def commodities_section(
    briefing_data: BriefingData, request: BriefingRequest, partners: Mapping[str, PartnerRows]
) -> Iterator[Statement]:
    """Yield the goods that moved all exports and imports most, and then those that moved trade with main partners."""
    told = []
    for flow in FLOW_CODE_BY_NAME:
        goods = _fetch_commodities(briefing_data, flow)
        if not goods.rows:
            sentence = f"{flow.capitalize()} by commodity are not loaded for {request.period_name}."
            yield missing_statement(
                f"{flow}-commodities",
                sentence,
                link=briefing_data.link("/v1/commodities", flow=FLOW_CODE_BY_NAME[flow]),
            )
        else:
            told.append(flow)
        yield from _commodity_statements(briefing_data, goods, section="commodities", max_commodities=MAX_CONTRIBUTORS)
    for flow in told:
        for partner in partners[FLOW_CODE_BY_NAME[flow]].rows[: min(MAX_DETAILED_PARTNERS, request.max_partners)]:
            goods = _fetch_commodities(briefing_data, flow, partner=partner)
            yield from _commodity_statements(
                briefing_data, goods, section="partner_commodities", max_commodities=MAX_CONTRIBUTORS_PER_PARTNER
            )


def _fetch_commodities(briefing_data: BriefingData, flow: str, *, partner: ResponseRow | None = None) -> _CommodityRows:
    """Return the goods of the classification's own level, or of all levels but the coarsest where it has none."""
    code = "WLD" if partner is None else partner["partner"]
    rows, question = briefing_data.fetch_known_rows(
        "/v1/commodities", flow=FLOW_CODE_BY_NAME[flow], partner=code, limit=MAX_LIMIT
    )
    levels = {row["level"] for row in rows}
    finer = [row for row in rows if len(levels) == 1 or row["level"] > min(levels)]
    unneeded = {"limit"} | ({"partner"} if partner is None else set())
    return _CommodityRows(
        flow, partner, finer, {name: value for name, value in question.items() if name not in unneeded}
    )


def _commodity_statements(
    briefing_data: BriefingData, commodities: _CommodityRows, *, section: str, max_commodities: int
) -> Iterator[Statement]:
    """Yield the goods that moved the whole; where no growth is known, the largest of them."""
    moved = _order_by_hierarchy(
        top_contributors(commodities.rows, "commodity_contribution_pp", max_per_direction=max_commodities)
    )
    known = any(row["commodity_contribution_pp"] is not None for row in commodities.rows)
    for row in moved if known else commodities.rows[:max_commodities]:
        link = briefing_data.link(f"/v1/commodities/{row['commodity']}", **commodities.parameters)
        told, names = (
            (_describe_contribution(row, commodities), COMMODITY_GROWTH_COLUMNS)
            if known
            else (_describe_share(row, commodities), COMMODITY_VALUE_COLUMNS)
        )
        sentence = f"{commodities.describe(row)} were {format_value(row)}, {told}."
        yield statement_for_row(row, commodities.statement_id(row), section, sentence, link, names)


def _describe_contribution(row: ResponseRow, commodities: _CommodityRows) -> str:
    size = format_points_size(row["commodity_contribution_pp"])
    if row["commodity_contribution_pp"] > 0:
        return f"{describe_growth(row)}, adding {size} percentage points to {commodities.total_name}"
    return f"{describe_growth(row)}, taking {size} percentage points off {commodities.total_name}"


def _describe_share(row: ResponseRow, commodities: _CommodityRows) -> str:
    share = row["commodity_share_pct"]
    return f"{describe_growth(row)}" if share is None else f"{format_percent(share)} of {commodities.total_name}"


def _order_by_hierarchy(rows: Sequence[ResponseRow]) -> list[ResponseRow]:
    """Return the rows in their order, but each part right below the whole that it is a part of."""
    codes = {row["commodity"] for row in rows}
    tops = [row for row in rows if row["parent"] not in codes]
    return [one for top in tops for one in (top, *_descendants(top, rows))]


def _descendants(parent: ResponseRow, rows: Sequence[ResponseRow]) -> Iterator[ResponseRow]:
    for row in rows:
        if row["parent"] == parent["commodity"]:
            yield row
            yield from _descendants(row, rows)

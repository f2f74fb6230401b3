"""Statements on the commodities with the largest contributions to growth, in total and by main partner."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.domain.text import (
    describe_growth,
    format_commodity,
    format_percent,
    format_points_size,
    format_value,
    partner_phrase,
)
from service.domain.unrounded_rates import unrounded_contribution_pp, unrounded_share_pct
from service.resources.briefings.data_source import BriefingData, QueryParameters, ResponseRow
from service.resources.briefings.request import FLOW_CODE_BY_NAME, MAX_DETAILED_PARTNERS, MAX_LIMIT, BriefingRequest
from service.resources.briefings.sections.partners import PartnerRows
from service.resources.briefings.sections.top_contributors import MAX_CONTRIBUTORS, top_contributors
from service.resources.briefings.sections.totals import Total, total_row
from service.resources.briefings.statement import Statement, missing_statement, statement_for_row

MAX_CONTRIBUTORS_PER_PARTNER = 3
COMMODITY_GROWTH_COLUMNS = ("value", "yoy_base", "yoy_pct", "commodity_contribution_pp")
COMMODITY_VALUE_COLUMNS = ("value", "commodity_share_pct")


@dataclass(frozen=True)
class _CommodityRows:
    """The commodities of one flow with one partner (null for the World), and the parameters of their request.

    `total` is the row of all commodities together; null where it is not known.
    """

    flow: str
    partner: ResponseRow | None
    rows: Sequence[ResponseRow]
    parameters: QueryParameters
    total: ResponseRow | None

    @property
    def total_name(self) -> str:
        """Return the name of the trade in all commodities together, such as `all exports` or `exports to China`."""
        if self.partner is None:
            return f"all {self.flow}"
        return f"{self.flow} {partner_phrase(self.flow, self.partner['partner_name'])}"

    def statement_id(self, row: ResponseRow) -> str:
        """Return the id of the statement on the commodity of a row."""
        partner_suffix = "" if self.partner is None else f"-{self.partner['partner']}"
        return f"{self.flow}{partner_suffix}-{row['commodity']}"

    def describe(self, row: ResponseRow) -> str:
        """Return the trade in a row in words, such as `Exports of passenger cars (part of motor vehicles) to China`."""
        parents = [each for each in self.rows if each["commodity"] == row["parent"]]
        parent = "".join([f" (part of {format_commodity(each)})" for each in parents])
        partner = "" if self.partner is None else f" {partner_phrase(self.flow, self.partner['partner_name'])}"
        return f"{self.flow.capitalize()} of {format_commodity(row)}{parent}{partner}"


def commodities_section(
    briefing_data: BriefingData,
    request: BriefingRequest,
    totals: Mapping[str, Total],
    partners: Mapping[str, PartnerRows],
) -> Iterator[Statement]:
    """Yield the statements on the commodities of total exports and imports, and then of trade with main partners.

    `totals` and `partners` have the figures of each flow by its code: `X` or `M`.
    """
    loaded_flows = []
    for flow in FLOW_CODE_BY_NAME:
        commodities = _fetch_commodities(briefing_data, flow, total_row(totals, FLOW_CODE_BY_NAME[flow]))
        if not commodities.rows:
            sentence = f"{flow.capitalize()} by commodity are not loaded for {request.period_name}."
            yield missing_statement(
                f"{flow}-commodities",
                sentence,
                link=briefing_data.link("/v1/commodities", flow=FLOW_CODE_BY_NAME[flow]),
            )
        else:
            loaded_flows.append(flow)
        yield from _commodity_statements(
            briefing_data, commodities, section="commodities", max_commodities=MAX_CONTRIBUTORS
        )
    for flow in loaded_flows:
        for partner in partners[FLOW_CODE_BY_NAME[flow]].rows[: min(MAX_DETAILED_PARTNERS, request.max_partners)]:
            commodities = _fetch_commodities(briefing_data, flow, partner, partner=partner)
            yield from _commodity_statements(
                briefing_data, commodities, section="partner_commodities", max_commodities=MAX_CONTRIBUTORS_PER_PARTNER
            )


def _fetch_commodities(
    briefing_data: BriefingData, flow: str, total: ResponseRow | None, *, partner: ResponseRow | None = None
) -> _CommodityRows:
    """Return the commodities of the default level; of several levels, all but the coarsest."""
    code = "WLD" if partner is None else partner["partner"]
    rows, parameters = briefing_data.fetch_known_rows(
        "/v1/commodities", flow=FLOW_CODE_BY_NAME[flow], partner=code, limit=MAX_LIMIT
    )
    levels = {row["level"] for row in rows}
    detailed_rows = [row for row in rows if len(levels) == 1 or row["level"] > min(levels)]
    omitted_names = {"limit"} | ({"partner"} if partner is None else set())
    link_parameters = {name: value for name, value in parameters.items() if name not in omitted_names}
    return _CommodityRows(flow, partner, detailed_rows, link_parameters, total)


def _commodity_statements(
    briefing_data: BriefingData, commodities: _CommodityRows, *, section: str, max_commodities: int
) -> Iterator[Statement]:
    """Yield the statements on the largest contributions to growth; without known growth, on the largest values."""
    contributors = _order_by_hierarchy(
        top_contributors(commodities.rows, "commodity_contribution_pp", max_per_direction=max_commodities)
    )
    has_contributions = any(row["commodity_contribution_pp"] is not None for row in commodities.rows)
    for row in contributors if has_contributions else commodities.rows[:max_commodities]:
        link = briefing_data.link(f"/v1/commodities/{row['commodity']}", **commodities.parameters)
        description, names = (
            (_describe_contribution(row, commodities), COMMODITY_GROWTH_COLUMNS)
            if has_contributions
            else (_describe_share(row, commodities), COMMODITY_VALUE_COLUMNS)
        )
        sentence = f"{commodities.describe(row)} were {format_value(row)}, {description}."
        yield statement_for_row(row, commodities.statement_id(row), section, sentence, link, names)


def _describe_contribution(row: ResponseRow, commodities: _CommodityRows) -> str:
    size = format_points_size(unrounded_contribution_pp(row, "commodity_contribution_pp", commodities.total))
    if row["commodity_contribution_pp"] > 0:
        return f"{describe_growth(row)}, adding {size} percentage points to {commodities.total_name}"
    return f"{describe_growth(row)}, taking {size} percentage points off {commodities.total_name}"


def _describe_share(row: ResponseRow, commodities: _CommodityRows) -> str:
    share = unrounded_share_pct(row, "commodity_share_pct", commodities.total)
    return f"{describe_growth(row)}" if share is None else f"{format_percent(share)} of {commodities.total_name}"


def _order_by_hierarchy(rows: Sequence[ResponseRow]) -> list[ResponseRow]:
    """Return the rows in their order, with each commodity directly after its parent."""
    codes = {row["commodity"] for row in rows}
    top_rows = [row for row in rows if row["parent"] not in codes]
    return [row for top_row in top_rows for row in (top_row, *_descendants(top_row, rows))]


def _descendants(parent: ResponseRow, rows: Sequence[ResponseRow]) -> Iterator[ResponseRow]:
    for row in rows:
        if row["parent"] == parent["commodity"]:
            yield row
            yield from _descendants(row, rows)

"""Statements on the main partners by value, and on the contributions of partners to growth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.domain.text import (
    describe_growth,
    explain_missing_growth,
    format_percent,
    format_points,
    format_signed_percent,
    format_value,
    partner_phrase,
)
from service.domain.unrounded_rates import unrounded_contribution_pp, unrounded_growth_pct, unrounded_share_pct
from service.resources.briefings.data_source import BriefingData, QueryParameters, ResponseRow
from service.resources.briefings.request import FLOW_CODE_BY_NAME, MAX_LIMIT, BriefingRequest
from service.resources.briefings.sections.top_contributors import MAX_CONTRIBUTORS, top_contributors
from service.resources.briefings.sections.totals import Total, total_row
from service.resources.briefings.statement import Statement, missing_statement, statement_for_row

PARTNER_STATEMENT_COLUMNS = ("value", "yoy_base", "yoy_pct", "partner_share_pct", "partner_contribution_pp", "rank")
CONTRIBUTION_COLUMNS = ("partner_contribution_pp", "yoy_pct", "value")


@dataclass(frozen=True)
class PartnerRows:
    """The rows of single partners (no groups) of one flow, by descending value, and the parameters of their request."""

    rows: Sequence[ResponseRow]
    parameters: QueryParameters

    def link(self, briefing_data: BriefingData, row: ResponseRow) -> str:
        """Return the URL of the request for the row of one partner."""
        return briefing_data.link(f"/v1/partners/{row['partner']}", **self.parameters)


def fetch_partners(briefing_data: BriefingData) -> dict[str, PartnerRows]:
    """Return the rows of partners of each flow, by the code of the flow: `X` or `M`."""
    partners = {}
    for code in FLOW_CODE_BY_NAME.values():
        rows, parameters = briefing_data.fetch_known_rows("/v1/partners", flow=code, limit=MAX_LIMIT)
        link_parameters = {name: value for name, value in parameters.items() if name != "limit"}
        partners[code] = PartnerRows([row for row in rows if row["value"]], link_parameters)
    return partners


def partners_section(
    briefing_data: BriefingData,
    request: BriefingRequest,
    totals: Mapping[str, Total],
    partners: Mapping[str, PartnerRows],
) -> Iterator[Statement]:
    """Yield the statements on trade with each of the main partners.

    `totals` and `partners` have the figures of each flow by its code: `X` or `M`.
    """
    for flow, code in FLOW_CODE_BY_NAME.items():
        flow_partners = partners[code]
        if not flow_partners.rows:
            sentence = f"{flow.capitalize()} by partner are not loaded for {request.period_name}."
            yield missing_statement(f"{flow}-partners", sentence, link=briefing_data.link("/v1/partners", flow=code))
        for row in flow_partners.rows[: request.max_partners]:
            share_pct = unrounded_share_pct(row, "partner_share_pct", total_row(totals, code))
            share = f", {format_percent(share_pct)} of all {flow}" if share_pct is not None else ""
            sentence = f"{_flow_phrase(flow, row)} were {format_value(row)}, {describe_growth(row)}{share}."
            yield statement_for_row(
                row,
                f"{flow}-{row['partner']}",
                "partners",
                sentence,
                flow_partners.link(briefing_data, row),
                PARTNER_STATEMENT_COLUMNS,
            )


def contributions_section(
    briefing_data: BriefingData, totals: Mapping[str, Total], partners: Mapping[str, PartnerRows]
) -> Iterator[Statement]:
    """Yield the statements on the largest contributions of partners to the growth of total exports and imports.

    `totals` and `partners` have the figures of each flow by its code: `X` or `M`.
    """
    for flow, code in FLOW_CODE_BY_NAME.items():
        if code not in totals or not partners[code].rows:
            continue
        total, parameters = totals[code]
        if total["yoy_pct"] is None:
            reason = explain_missing_growth(total)
            link = briefing_data.link("/v1/series", **parameters)
            yield missing_statement(f"{flow}-growth", f"What moved {flow} cannot be told, as {reason}.", link=link)
            continue
        for row in top_contributors(partners[code].rows, "partner_contribution_pp", max_per_direction=MAX_CONTRIBUTORS):
            yield _contribution_statement(row, flow=flow, total=total, link=partners[code].link(briefing_data, row))


def _contribution_statement(row: ResponseRow, *, flow: str, total: ResponseRow, link: str) -> Statement:
    contribution = format_points(unrounded_contribution_pp(row, "partner_contribution_pp", total))
    sentence = (
        f"{_flow_phrase(flow, row)}, {describe_growth(row)}, contributed "
        f"{contribution} percentage points to the growth of {flow} of "
        f"{format_signed_percent(unrounded_growth_pct(total))}."
    )
    key = f"{flow}-contribution-{row['partner']}"
    return statement_for_row(row, key, "contributions", sentence, link, CONTRIBUTION_COLUMNS)


def _flow_phrase(flow: str, row: ResponseRow) -> str:
    return f"{flow.capitalize()} {partner_phrase(flow, row['partner_name'])}"

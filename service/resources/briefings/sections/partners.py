"""The main partners by value, and what partners brought of the growth of all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.resources.briefings.data_source import BriefingData, QueryParameters, ResponseRow
from service.resources.briefings.request import FLOW_CODE_BY_NAME, MAX_LIMIT, BriefingRequest
from service.resources.briefings.sections.top_contributors import MAX_CONTRIBUTORS, top_contributors
from service.resources.briefings.sections.totals import Total
from service.resources.briefings.statement import Statement, missing_statement, statement_for_row
from service.resources.briefings.text import (
    STATUS_PHRASES,
    describe_growth,
    format_percent,
    format_points,
    format_points_size,
    format_value,
    is_unchanged,
    partner_phrase,
)

PARTNER_STATEMENT_COLUMNS = ("value", "yoy_base", "yoy_pct", "partner_share_pct", "partner_contribution_pp", "rank")
CONTRIBUTION_COLUMNS = ("partner_contribution_pp", "yoy_pct", "value")


@dataclass(frozen=True)
class PartnerRows:
    """The single partners of one flow by falling value, and the question that they answer."""

    rows: Sequence[ResponseRow]
    parameters: QueryParameters

    def link(self, briefing_data: BriefingData, row: ResponseRow) -> str:
        """Return the address of the row of one of them."""
        return briefing_data.link(f"/v1/partners/{row['partner']}", **self.parameters)


def fetch_partners(briefing_data: BriefingData) -> dict[str, PartnerRows]:
    """Return the partners of each flow, by the flow's code."""
    found = {}
    for code in FLOW_CODE_BY_NAME.values():
        rows, question = briefing_data.fetch_known_rows("/v1/partners", flow=code, limit=MAX_LIMIT)
        of_rows = {name: value for name, value in question.items() if name != "limit"}
        found[code] = PartnerRows([row for row in rows if row["value"]], of_rows)
    return found


def partners_section(
    briefing_data: BriefingData, request: BriefingRequest, partners: Mapping[str, PartnerRows]
) -> Iterator[Statement]:
    """Yield the trade with each of the main partners."""
    for flow, code in FLOW_CODE_BY_NAME.items():
        found = partners[code]
        if not found.rows:
            sentence = f"{flow.capitalize()} by partner are not loaded for {request.period_name}."
            yield missing_statement(f"{flow}-partners", sentence, link=briefing_data.link("/v1/partners", flow=code))
        for row in found.rows[: request.max_partners]:
            share = row["partner_share_pct"]
            part = f", {format_percent(share)} of all {flow}" if share is not None else ""
            sentence = f"{_flow_phrase(flow, row)} were {format_value(row)}, {describe_growth(row)}{part}."
            yield statement_for_row(
                row,
                f"{flow}-{row['partner']}",
                "partners",
                sentence,
                found.link(briefing_data, row),
                PARTNER_STATEMENT_COLUMNS,
            )


def contributions_section(
    briefing_data: BriefingData, totals: Mapping[str, Total], partners: Mapping[str, PartnerRows]
) -> Iterator[Statement]:
    """Yield how many points of the growth of all exports or imports single partners brought, and took off."""
    for flow, code in FLOW_CODE_BY_NAME.items():
        if code not in totals or not partners[code].rows:
            continue
        total, question = totals[code]
        if total["yoy_pct"] is None:
            why = STATUS_PHRASES[total["yoy_status"]]
            link = briefing_data.link("/v1/series", **question)
            yield missing_statement(f"{flow}-growth", f"What moved {flow} cannot be told, as {why}.", link=link)
            continue
        for row in top_contributors(partners[code].rows, "partner_contribution_pp", max_per_direction=MAX_CONTRIBUTORS):
            yield _contribution_statement(
                row, flow=flow, growth_pct=total["yoy_pct"], link=partners[code].link(briefing_data, row)
            )


def _contribution_statement(row: ResponseRow, *, flow: str, growth_pct: float, link: str) -> Statement:
    own = row["partner_contribution_pp"]
    size = format_points_size(own)
    who = f"{_flow_phrase(flow, row)}, {describe_growth(row)},"
    if is_unchanged(growth_pct):
        did = f"moved all {flow}, unchanged as they were, by {format_points(own)} percentage points"
    elif (own > 0) == (growth_pct > 0):
        did = (
            f"made up {size} of the {format_points_size(growth_pct)} percentage points by which "
            f"{flow} {_growth_verb(growth_pct)}"
        )
    elif growth_pct > 0:
        did = f"took {size} percentage points off the growth of {flow}"
    else:
        did = f"slowed the fall of {flow} by {size} percentage points"
    key = f"{flow}-contribution-{row['partner']}"
    return statement_for_row(row, key, "contributions", f"{who} {did}.", link, CONTRIBUTION_COLUMNS)


def _growth_verb(growth_pct: float) -> str:
    return "grew" if growth_pct > 0 else "fell"


def _flow_phrase(flow: str, row: ResponseRow) -> str:
    return f"{flow.capitalize()} {partner_phrase(flow, row['partner_name'])}"

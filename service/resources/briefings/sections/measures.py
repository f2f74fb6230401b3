"""Trade measures announced or in force, and trade in the goods that they affect."""

from collections.abc import Iterator, Mapping

from service.resources.briefings.data_source import BriefingData, ResponseRow
from service.resources.briefings.request import FLOW_CODE_BY_NAME, MAX_LIMIT, BriefingRequest
from service.resources.briefings.sections.affected_trade import AffectedFlow, AffectedTradeSection
from service.resources.briefings.sections.partners import PartnerRows
from service.resources.briefings.sections.totals import Total
from service.resources.briefings.statement import Statement, source_from_row
from service.resources.briefings.text import format_area, format_date


def measures_section(
    briefing_data: BriefingData,
    request: BriefingRequest,
    totals: Mapping[str, Total],
    partners: Mapping[str, PartnerRows],
) -> Iterator[Statement]:
    """Yield each measure, and trade in what it affects with the partners that it names, or else the main ones."""
    question = {"period": request.period, "limit": MAX_LIMIT}
    for measure in briefing_data.fetch_rows_by_url(
        briefing_data.link_with_shared("/v1/measures", "reporter", "as_of", **question)
    ):
        link = briefing_data.link_with_shared(f"/v1/measures/{measure['measure']}", "as_of")
        yield _measure_statement(measure, request, link=link)
        for affected in _affected_flows(measure):
            told = AffectedTradeSection(briefing_data, request, affected)
            rows = (
                told.fetch_rows(partners[FLOW_CODE_BY_NAME[affected.flow]])
                if _is_in_classification(briefing_data, affected, totals)
                else []
            )
            if not rows:
                yield told.not_loaded_statement(link=link)
            for row in rows:
                yield told.period_statement(row)
                yield from told.event_statements(row)


def _affected_flows(measure: ResponseRow) -> Iterator[AffectedFlow]:
    for flow in (flow for flow, code in FLOW_CODE_BY_NAME.items() if code in measure["flows"]):
        for good in measure["goods"]:
            yield AffectedFlow(measure, flow, *good.split(":"))


def _measure_statement(measure: ResponseRow, request: BriefingRequest, *, link: str) -> Statement:
    what = f"{measure['title']} ({measure['authority']}); it affects {_describe_trade(measure)}"
    description = f" {measure['description']}" if measure["description"] else ""
    sentence = f"{_describe_dates(measure, request)}: {what}.{description}"
    return Statement(f"measure-{measure['measure']}", "measures", sentence, link, source=source_from_row(measure))


def _describe_trade(measure: ResponseRow) -> str:
    """Return `exports to all partners`, `imports from China and the European Union`."""
    *others, last = [format_area(name) for name in measure["partner_names"]] or ["all partners"]
    whom = f"{', '.join(others)} and {last}" if others else last
    ways = {"exports": f"exports to {whom}", "imports": f"imports from {whom}"}
    return " and ".join(ways[flow] for flow, code in FLOW_CODE_BY_NAME.items() if code in measure["flows"])


def _describe_dates(measure: ResponseRow, request: BriefingRequest) -> str:
    """Return since when it is in force, as seen from the end of the period."""
    announced, in_force, ended = (measure[name] for name in ("announced_on", "in_force_on", "ended_on"))
    known_since = format_date(announced)
    if in_force is None:
        return f"Announced on {known_since}, without a day set to take effect"
    if in_force[:7] > request.last_month:
        return f"Announced on {known_since}, to take effect on {format_date(in_force)}"
    until = "" if ended is None else f" until {format_date(ended)}"
    return f"In force since {format_date(in_force)}{until} (announced on {known_since})"


def _is_in_classification(
    briefing_data: BriefingData, affected_flow: AffectedFlow, totals: Mapping[str, Total]
) -> bool:
    """Return whether the goods are in the classification that the briefing is bound to, where it is to one."""
    bound = briefing_data.shared_parameters.get("dataset") or briefing_data.shared_parameters.get("classification")
    editions = {row["classification"] for row, _ in totals.values()}
    return not bound or affected_flow.classification in editions

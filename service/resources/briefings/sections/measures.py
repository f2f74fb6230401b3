"""Statements on trade measures that are announced or in force, and on the affected trade."""

from collections.abc import Iterator, Mapping

from service.domain.text import format_area, format_date
from service.resources.briefings.data_source import BriefingData, ResponseRow
from service.resources.briefings.request import FLOW_CODE_BY_NAME, MAX_LIMIT, BriefingRequest
from service.resources.briefings.sections.affected_trade import AffectedFlow, AffectedTradeSection
from service.resources.briefings.sections.partners import PartnerRows
from service.resources.briefings.sections.totals import Total
from service.resources.briefings.statement import Statement, source_from_row


def measures_section(
    briefing_data: BriefingData,
    request: BriefingRequest,
    totals: Mapping[str, Total],
    partners: Mapping[str, PartnerRows],
) -> Iterator[Statement]:
    """Yield the statements on each trade measure and on the trade that it affects.

    Affected trade is trade with the partners that the measure names, or with the main partners where it names none.

    `totals` and `partners` have the figures of each flow by its code: `X` or `M`.
    """
    measures_url = briefing_data.link_with_shared(
        "/v1/measures", "reporter", "as_of", period=request.period, limit=MAX_LIMIT
    )
    for measure in briefing_data.fetch_rows_by_url(measures_url):
        link = briefing_data.link_with_shared(f"/v1/measures/{measure['measure']}", "as_of")
        yield _measure_statement(measure, request, link=link)
        for affected_flow in _affected_flows(measure):
            section = AffectedTradeSection(briefing_data, request, affected_flow)
            rows = (
                section.fetch_rows(partners[FLOW_CODE_BY_NAME[affected_flow.flow]])
                if _is_in_classification(briefing_data, affected_flow, totals)
                else []
            )
            if not rows:
                yield section.not_loaded_statement(link=link)
            event_rows = section.fetch_event_rows([row["partner"] for row in rows])
            for row in rows:
                yield section.period_statement(row)
                event_row = event_rows.get(row["partner"], {})
                if event_row.get("months_since"):
                    yield section.event_statement(event_row)


def _affected_flows(measure: ResponseRow) -> Iterator[AffectedFlow]:
    for flow in (flow for flow, code in FLOW_CODE_BY_NAME.items() if code in measure["flows"]):
        for mapping in measure["goods"]:
            yield AffectedFlow(measure, flow, *mapping.split(":"))


def _measure_statement(measure: ResponseRow, request: BriefingRequest, *, link: str) -> Statement:
    subject = f"{measure['title']} ({measure['authority']}); it affects {_describe_trade(measure)}"
    description = f" {measure['description']}" if measure["description"] else ""
    sentence = f"{_describe_dates(measure, request)}: {subject}.{description}"
    return Statement(f"measure-{measure['measure']}", "measures", sentence, link, source=source_from_row(measure))


def _describe_trade(measure: ResponseRow) -> str:
    """Return `exports to all partners`, `imports from China and the European Union`."""
    *others, last = [format_area(name) for name in measure["partner_names"]] or ["all partners"]
    partners = f"{', '.join(others)} and {last}" if others else last
    phrases = {"exports": f"exports to {partners}", "imports": f"imports from {partners}"}
    return " and ".join(phrases[flow] for flow, code in FLOW_CODE_BY_NAME.items() if code in measure["flows"])


def _describe_dates(measure: ResponseRow, request: BriefingRequest) -> str:
    """Return the phrase on the dates of a measure, as known at the end of the period."""
    announced_on, in_force_on, ended_on = (measure[name] for name in ("announced_on", "in_force_on", "ended_on"))
    announcement = format_date(announced_on)
    if in_force_on is None:
        return f"Announced on {announcement}, without a day set to take effect"
    if in_force_on[:7] > request.last_month:
        return f"Announced on {announcement}, to take effect on {format_date(in_force_on)}"
    end = "" if ended_on is None else f" until {format_date(ended_on)}"
    return f"In force since {format_date(in_force_on)}{end} (announced on {announcement})"


def _is_in_classification(
    briefing_data: BriefingData, affected_flow: AffectedFlow, totals: Mapping[str, Total]
) -> bool:
    """Return whether the commodity is a code of the requested dataset or classification; true where none is named."""
    shared_parameters = briefing_data.shared_parameters
    is_limited = shared_parameters.get("dataset") or shared_parameters.get("classification")
    editions = {row["classification"] for row, _ in totals.values()}
    return not is_limited or affected_flow.classification in editions

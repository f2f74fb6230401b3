"""The statements of a briefing in the order of its sections."""

from collections.abc import Iterator, Mapping

from service.domain.text import STATUS_PHRASES
from service.resources.briefings.data_source import BriefingData
from service.resources.briefings.request import BriefingRequest
from service.resources.briefings.sections.balances import balances_section
from service.resources.briefings.sections.commodities import commodities_section
from service.resources.briefings.sections.indicators import indicators_section
from service.resources.briefings.sections.measures import measures_section
from service.resources.briefings.sections.partners import PartnerRows, contributions_section, partners_section
from service.resources.briefings.sections.second_currency import second_currency_section
from service.resources.briefings.sections.totals import Total, totals_section
from service.resources.briefings.statement import Statement, missing_statement

EMPTY_REASON_PHRASES = STATUS_PHRASES | {
    "not_covered": "no dataset of it is loaded for such periods",
    "not_published": "the period is not published, or not by that day",
}


def briefing_statements(
    briefing_data: BriefingData,
    request: BriefingRequest,
    totals: Mapping[str, Total],
    partners: Mapping[str, PartnerRows],
) -> Iterator[Statement]:
    """Yield all statements of a briefing, in the order of its sections.

    `totals` and `partners` have the figures of each flow by its code: `X` or `M`.

    :raises DataChanged: the data changed since the first request.
    """
    if not totals:
        reason = EMPTY_REASON_PHRASES[briefing_data.meta["empty_reason"] or "not_published"]
        sentence = f"Nothing can be said of {request.reporter_name} in {request.period_name}: {reason}."
        yield missing_statement("totals", sentence, link=briefing_data.link("/v1/series", flow="X,M"))
        return
    yield from totals_section(briefing_data, request, totals)
    yield from balances_section(briefing_data, request, partners["X"].rows[: request.max_partners])
    yield from partners_section(briefing_data, request, totals, partners)
    yield from second_currency_section(briefing_data, request, totals, partners)
    yield from contributions_section(briefing_data, totals, partners)
    yield from commodities_section(briefing_data, request, totals, partners)
    yield from measures_section(briefing_data, request, totals, partners)
    yield from indicators_section(briefing_data, totals)

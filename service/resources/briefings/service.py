"""The resource /v1/briefings/{reporter}/{period}: statements on a period, each with the request for its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.api.database.context import Context
from service.api.responses.document_resource import DocumentResource
from service.api.responses.resource import Plan
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import InvalidPeriodError, parse_calendar_period
from service.errors import InvalidRequest, ParameterError
from service.resources.briefings.charts import Chart, balance_over_time
from service.resources.briefings.data_source import BriefingData
from service.resources.briefings.document import briefing_statements
from service.resources.briefings.outline import Outline, briefing_outline
from service.resources.briefings.request import BriefingRequest
from service.resources.briefings.schemas import BRIEFING_FORMATS
from service.resources.briefings.sections.partners import PartnerRows, fetch_partners
from service.resources.briefings.sections.totals import Total, fetch_totals
from service.resources.briefings.statement import Statement

SHARED_PARAMETERS = ("classification", "dataset", "as_of")


@dataclass(frozen=True)
class Briefing:
    """A briefing on one reporter and period: its outline, its statements, and its data source.

    `outline` is null where nothing is published. `chart` is null for formats other than HTML.
    """

    reporter_name: str
    period: str
    outline: Outline | None
    statements: list[Statement]
    data: BriefingData
    chart: Chart | None
    url: str

    @property
    def as_of(self) -> str | None:
        """Return the day of the newest vintage among the figures; null where there are no figures."""
        as_of: str | None = self.data.as_of or self.data.meta["as_of"]
        return as_of

    @property
    def row_count(self) -> int:
        """Return the number of statements."""
        return len(self.statements)

    @property
    def meta(self) -> dict[str, Any]:
        """Return the `meta` of the response."""
        vintage = {"as_of": self.as_of, "sources": list(self.data.sources.values())}
        return self.data.meta | vintage | {"count": len(self.statements)}

    def rows(self) -> list[dict[str, Any]]:
        """Return the statements as rows of the response."""
        return [_row(statement) for statement in self.statements]


def load_briefing(context: Context, plan: Plan) -> Briefing:
    """Return the briefing on a reporter and period, with a chart for HTML.

    :raises InvalidRequest: the reporter, period, dataset or currency is unknown.
    """
    parameters = plan.request.parameters
    reporter = context.find_area("reporter", parameters["reporter"])
    frequency, period = _resolve_period(context, parameters, reporter.code)
    shared_parameters = {"reporter": reporter.code, "period": period, "frequency": frequency}
    data = BriefingData(context, shared_parameters | _dataset_parameters(parameters))
    fx = parameters.get("fx")
    request = BriefingRequest(
        reporter.name, period, parameters.get("currency"), None if fx is None else str(fx), parameters["top"]
    )
    totals = fetch_totals(data)
    partners = fetch_partners(data) if totals else {}
    statements = list(briefing_statements(data, request, totals, partners))
    outline = _outline(data, request, totals, partners) if totals else None
    chart = balance_over_time(data, request) if plan.format_name == "html" else None
    return Briefing(reporter.name, period, outline, statements, data, chart, plan.request.url)


def _outline(
    data: BriefingData, request: BriefingRequest, totals: Mapping[str, Total], partners: Mapping[str, PartnerRows]
) -> Outline:
    """Return the outline in the requested currency; in the reported one where no currency or rate is there."""
    reported_currencies = {row["reported_currency"] for row, _ in totals.values()}
    if request.currency is not None and reported_currencies != {request.currency.upper()}:
        conversion = {"currency": request.currency.upper(), "fx": request.fx}
        converted = BriefingData(data.context, {**data.shared_parameters, **conversion})
        converted_totals = fetch_totals(converted)
        if converted_totals.keys() == totals.keys():
            return briefing_outline(converted, request, converted_totals, fetch_partners(converted))
    return briefing_outline(data, request, totals, partners)


BRIEFING = DocumentResource(load_briefing, BRIEFING_FORMATS)


def _resolve_period(context: Context, parameters: Mapping[str, Any], reporter: str) -> tuple[str, str]:
    """Return the frequency and the period; `latest` is the newest month, and otherwise the text gives the frequency.

    :raises InvalidRequest: the text is not a period, or no month is published for `latest`.
    """
    text: str = parameters["period"]
    if text.lower() == "latest":
        shared_parameters = {"reporter": reporter, "period": "latest"} | _dataset_parameters(parameters)
        rows = BriefingData(context, shared_parameters).fetch_rows("/v1/series", flow="X,M")
        if not rows:
            reason = "no monthly figures are published; name a year or a quarter"
            raise InvalidRequest(ParameterError("period", text, reason))
        return "M", rows[-1]["period"]
    try:
        period = parse_calendar_period(text)
    except InvalidPeriodError as error:
        raise InvalidRequest(ParameterError("period", text, str(error), [error.suggestion or "2024-01"])) from error
    frequency = next(code for code, months in MONTHS_PER_PERIOD.items() if months == period.months)
    return frequency, str(period)


def _dataset_parameters(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters of the briefing that all its requests for figures share."""
    return {name: str(parameters[name]) for name in SHARED_PARAMETERS if parameters.get(name)}


def _row(statement: Statement) -> dict[str, Any]:
    source = statement.source
    return {
        "id": statement.id,
        "section": statement.section,
        "sentence": statement.sentence,
        "numbers": list(map(vars, statement.numbers)),
        "releases": list(statement.releases),
        "obs_status": statement.obs_status,
        "source": None if source is None else source.title,
        "links": {"self": statement.link, "source": None if source is None else source.address},
    }

"""A briefing in the form that is asked for."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import Response, render_template, request

from service.api.database.request_context import current_reference, current_session
from service.api.internal_requests import link_to
from service.api.pagination.cursors import canonical_url
from service.api.resolution.resolver import RequestResolver
from service.api.serialization.formats import CONTENT_TYPES, json_response
from service.api.serialization.html import html_page
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import InvalidPeriodError, parse_period
from service.errors import InvalidRequest, ParameterError
from service.resources.briefings.charts import briefing_charts
from service.resources.briefings.data_source import BriefingData
from service.resources.briefings.document import briefing_statements
from service.resources.briefings.request import BriefingRequest
from service.resources.briefings.statement import SECTIONS, Statement
from service.resources.briefings.text import format_date, format_period

STATUS_LABELS = {"A": "final", "P": "provisional", "E": "estimated"}
SHARED_PARAMETERS = ("classification", "dataset", "as_of")


def briefing_response(parameters: Mapping[str, Any], *, format_name: str) -> Response:
    """Return the briefing that is asked for as JSON, Markdown or a page.

    :raises InvalidRequest: there is no such reporter, period, dataset or currency.
    :raises DataMoved: the data changed while it was made.
    """
    reporter = RequestResolver(current_session(), current_reference(), {}).find_area("reporter", parameters["reporter"])
    code, name = reporter.code, reporter.name
    frequency, period = _resolve_period(parameters, code)
    same = {name: str(parameters[name]) for name in SHARED_PARAMETERS if parameters.get(name)}
    facts = BriefingData({"reporter": code, "period": period, "frequency": frequency} | same)
    fx = parameters.get("fx")
    asked = BriefingRequest(
        name, period, parameters.get("currency"), None if fx is None else str(fx), parameters["top"]
    )
    stated = list(briefing_statements(facts, asked))
    if format_name == "json":
        return _json_briefing(stated, facts)
    known = facts.as_of or facts.meta["as_of"]
    context = {
        "title": f"{name}: trade in {format_period(period)}",
        "titles": SECTIONS,
        "sections": _group_by_section(stated),
        "usual_status": _most_common_status(stated),
        "status_words": STATUS_LABELS,
        "facts": facts,
        "known_on": None if known is None else format_date(known),
    }
    if format_name == "markdown":
        return Response(render_template("briefing.md", **context), content_type=CONTENT_TYPES[format_name])
    others = {f"{form}_link": link_to(request.path, {**request.args, "format": form}) for form in ("json", "markdown")}
    return html_page("briefing.html", charts=briefing_charts(facts, asked), **others, **context)


def _resolve_period(parameters: Mapping[str, Any], reporter: str) -> tuple[str, str]:
    """Return the frequency that the period's form tells, and the period; the newest one for `latest`."""
    text: str = parameters["period"]
    if text.lower() == "latest":
        same = {name: str(parameters[name]) for name in SHARED_PARAMETERS if parameters.get(name)}
        newest = BriefingData({"reporter": reporter, "period": "latest"} | same).fetch_rows("/v1/series", flow="X,M")
        if not newest:
            raise InvalidRequest(
                ParameterError("period", text, "nothing is published by month; name a year or a quarter")
            )
        return "M", newest[-1]["period"]
    try:
        period = parse_period(text)
    except InvalidPeriodError as error:
        raise InvalidRequest(ParameterError("period", text, str(error), [error.suggestion or "2024-01"])) from error
    return next(letter for letter, months in MONTHS_PER_PERIOD.items() if months == period.months), text.upper()


def _json_briefing(statements: list[Statement], briefing_data: BriefingData) -> Response:
    rows = [
        {
            "id": one.id,
            "section": one.section,
            "sentence": one.sentence,
            "numbers": [vars(number) for number in one.numbers],
            "releases": list(one.releases),
            "obs_status": one.obs_status,
            "source": None if one.source is None else one.source.title,
            "links": {"self": one.link, "source": None if one.source is None else one.source.address},
        }
        for one in statements
    ]
    known = {
        "as_of": briefing_data.as_of or briefing_data.meta["as_of"],
        "sources": list(briefing_data.sources.values()),
    }
    meta = briefing_data.meta | known | {"count": len(rows)}
    return json_response({"data": rows, "meta": meta, "links": {"self": canonical_url(), "next": None}})


def _group_by_section(statements: list[Statement]) -> dict[str, list[Statement]]:
    """Return the statements of each section that has any."""
    by_section = {name: [one for one in statements if one.section == name] for name in SECTIONS}
    return {name: found for name, found in by_section.items() if found}


def _most_common_status(statements: list[Statement]) -> str | None:
    """Return the status that most figures have, which need not be told of each; null where no figure has any."""
    counted = Counter(one.obs_status for one in statements if one.obs_status is not None)
    return counted.most_common(1)[0][0] if counted else None

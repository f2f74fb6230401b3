"""A briefing in the form that is asked for."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import Response, render_template, request

from service.api.database.request_context import current_reference, current_session
from service.api.internal_requests import link_to
from service.api.pagination.cursors import own_address
from service.api.resolution.resolver import Resolver
from service.api.serialization.formats import CONTENT_TYPES, json_response
from service.api.serialization.html import html_page
from service.domain.frequencies import MONTHS
from service.domain.periods import NotAPeriodError, parse_period
from service.errors import Fault, InvalidRequest
from service.resources.briefings.charts import charts
from service.resources.briefings.data_source import Facts
from service.resources.briefings.document import statements
from service.resources.briefings.request import Asked
from service.resources.briefings.statement import SECTIONS, Statement
from service.resources.briefings.text import day_words, period_words

STATUSES = {"A": "final", "P": "provisional", "E": "estimated"}
SAME = ("classification", "dataset", "as_of")


def briefing(parameters: Mapping[str, Any], *, form: str) -> Response:
    """Return the briefing that is asked for as JSON, Markdown or a page.

    :raises InvalidRequest: there is no such reporter, period, dataset or currency.
    :raises DataMoved: the data changed while it was made.
    """
    reporter = Resolver(current_session(), current_reference(), {}).area("reporter", parameters["reporter"])
    code, name = reporter.code, reporter.name
    frequency, period = _period(parameters, code)
    same = {name: str(parameters[name]) for name in SAME if parameters.get(name)}
    facts = Facts({"reporter": code, "period": period, "frequency": frequency} | same)
    fx = parameters.get("fx")
    asked = Asked(name, period, parameters.get("currency"), None if fx is None else str(fx), parameters["top"])
    stated = list(statements(facts, asked))
    if form == "json":
        return _as_json(stated, facts)
    known = facts.as_of or facts.meta["as_of"]
    context = {
        "title": f"{name}: trade in {period_words(period)}",
        "titles": SECTIONS,
        "sections": _by_section(stated),
        "usual_status": _usual_status(stated),
        "status_words": STATUSES,
        "facts": facts,
        "known_on": None if known is None else day_words(known),
    }
    if form == "markdown":
        return Response(render_template("briefing.md", **context), content_type=CONTENT_TYPES[form])
    others = {f"{form}_link": link_to(request.path, {**request.args, "format": form}) for form in ("json", "markdown")}
    return html_page("briefing.html", charts=charts(facts, asked), **others, **context)


def _period(parameters: Mapping[str, Any], reporter: str) -> tuple[str, str]:
    """Return the frequency that the period's form tells, and the period; the newest one for `latest`."""
    text: str = parameters["period"]
    if text.lower() == "latest":
        same = {name: str(parameters[name]) for name in SAME if parameters.get(name)}
        newest = Facts({"reporter": reporter, "period": "latest"} | same).rows("/v1/series", flow="X,M")
        if not newest:
            raise InvalidRequest(Fault("period", text, "nothing is published by month; name a year or a quarter"))
        return "M", newest[-1]["period"]
    try:
        period = parse_period(text)
    except NotAPeriodError as error:
        raise InvalidRequest(Fault("period", text, str(error), [error.suggestion or "2024-01"])) from error
    return next(letter for letter, months in MONTHS.items() if months == period.months), text.upper()


def _as_json(stated: list[Statement], facts: Facts) -> Response:
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
        for one in stated
    ]
    known = {"as_of": facts.as_of or facts.meta["as_of"], "sources": list(facts.sources.values())}
    meta = facts.meta | known | {"count": len(rows)}
    return json_response({"data": rows, "meta": meta, "links": {"self": own_address(), "next": None}})


def _by_section(stated: list[Statement]) -> dict[str, list[Statement]]:
    """Return the statements of each section that has any."""
    by_section = {name: [one for one in stated if one.section == name] for name in SECTIONS}
    return {name: found for name, found in by_section.items() if found}


def _usual_status(stated: list[Statement]) -> str | None:
    """Return the status that most figures have, which need not be told of each; null where no figure has any."""
    counted = Counter(one.obs_status for one in stated if one.obs_status is not None)
    return counted.most_common(1)[0][0] if counted else None

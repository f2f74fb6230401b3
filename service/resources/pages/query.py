"""The query of the explorer: its parameters, with names resolved to codes and defaults filled in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from service.api.database.context import Context
from service.api.parameters.common import CHART_MEASURES
from service.api.parameters.request import build_url
from service.api.parameters.types import CalendarDate
from service.api.resolution.dataset_selection import default_frequency, ranked_reporters
from service.domain.codes import ALL_KEYWORD, TOTAL_CODE, WORLD_CODE
from service.domain.suggestions import closest_words
from service.errors import InvalidRequest, ParameterError
from service.models import Dataset
from service.resources.pages.names import commodity_names, partner_names, reporter_names

EXPLORER_PATH = "/explore"
VIEWS = ("series", "partners", "commodities", "balances", "flows", "revisions")
LIST_PARAMETERS = ("flow", "partner", "commodity")
SHARED_PARAMETERS = ("frequency", "period", "currency", "fx", "as_of", "classification", "dataset", "composition")
VIEW_PARAMETERS: Mapping[str, Sequence[str]] = {
    "series": ("flow", "partner", "commodity", "level"),
    "partners": ("flow", "partner", "commodity", "level", "sort", "limit", "residual"),
    "commodities": ("flow", "partner", "commodity", "level", "sort", "limit", "residual"),
    "balances": ("partner", "commodity", "level", "sort", "limit", "residual"),
    "flows": ("flow", "partner", "commodity", "level", "sort", "limit", "cursor"),
    "revisions": ("flow", "partner", "commodity", "level", "limit"),
}
"""Parameters of each view in addition to the reporter and those that all views share."""
IGNORED_PARAMETERS = ("labels", "fields", "count", "width", "theme", "format")
"""Parameters of the presentation of rows, which a page does not have."""
ALL_PARAMETERS = ("view", "chart", "reporter", *LIST_PARAMETERS, *SHARED_PARAMETERS, "level", "sort", "limit")
MAX_ROWS = "10000"
DEFAULT_CODES = {"partner": WORLD_CODE, "commodity": TOTAL_CODE}
"""Codes that a parameter has where it is left out."""


@dataclass(frozen=True)
class ExplorerQuery:
    """A query of the explorer: its view, the measure of its chart, and the parameters of its request for figures."""

    view: str
    chart: str
    parameters: Mapping[str, str]

    def url(self, *, view: str | None = None, chart: str | None = None, **changes: str | None) -> str:
        """Return the URL of the page with some parameters replaced; a null parameter is left out."""
        target_view, measure = view or self.view, chart or self.chart
        parameters = {name: value for name, value in {**self.parameters, **changes}.items() if value is not None}
        if view is not None and view != self.view:
            if target_view in {"series", "balances"} and "period" not in changes:
                parameters["period"] = ALL_KEYWORD
            parameters = _adapt_to_view(parameters, target_view)
            parameters |= {name: value for name, value in changes.items() if value is not None}
        parameters = {name: value for name, value in parameters.items() if DEFAULT_CODES.get(name) != value}
        leading = {"view": target_view, "chart": None if measure == CHART_MEASURES[0] else measure}
        return build_url(EXPLORER_PATH, {**leading, **parameters})

    def data_url(self, **presentation: str | None) -> str:
        """Return the URL of the request for the figures. `presentation` are further parameters, such as `format`."""
        return build_url(f"/v1/{self.view}", {**self.parameters, **presentation})

    def chart_url(self, format_name: str, **presentation: str | None) -> str:
        """Return the URL of the chart in a format, such as `svg`.

        A chart of all partners has a bar for the trade that is not broken down by partner.
        """
        if self.has_residual:
            presentation = {"residual": "true", **presentation}
        measure = None if self.chart == CHART_MEASURES[0] else self.chart
        return self.data_url(chart=measure, **presentation, format=format_name)

    @property
    def has_residual(self) -> bool:
        """Return whether the rows are all partners. Their sum lacks the trade that is not broken down by partner."""
        return self.view == "partners" and "partner" not in self.parameters

    def codes(self, parameter: str) -> list[str]:
        """Return the codes in a parameter that is a list."""
        return [code for code in self.parameters.get(parameter, "").split(",") if code]


def resolve_query(context: Context, arguments: Mapping[str, Sequence[str]]) -> ExplorerQuery:
    """Return the query in the arguments of a request, which may have names in place of codes, and empty parameters.

    :raises InvalidRequest: a parameter or a name is unknown, or `as_of` is not a date.
    """
    arguments_by_name = {name: [text.strip() for text in texts if text.strip()] for name, texts in arguments.items()}
    _check_names(arguments_by_name)
    texts = {name: values[0] for name, values in arguments_by_name.items() if values}
    _check_day(texts.get("as_of"))
    view = _choose(texts, "view", VIEWS)
    chart = _choose(texts, "chart", CHART_MEASURES)
    datasets = context.reference.published_datasets(None)
    if not datasets:
        raise InvalidRequest(ParameterError("reporter", "", "nothing is loaded"))
    reporter = _find_reporter(context, texts.get("reporter"), datasets)
    own_datasets = [each for each in datasets if context.reference.areas[each.reporter_id].code == reporter]
    parameters: dict[str, str | None] = {"reporter": reporter}
    if "flow" in VIEW_PARAMETERS[view]:
        default_flow = "X,M" if view in {"series", "flows", "revisions"} else "X"
        parameters["flow"] = ",".join(arguments_by_name.get("flow") or [default_flow]).upper()
    parameters["partner"] = ",".join(partner_names(context.reference).find_all(arguments_by_name.get("partner", ())))
    commodities = commodity_names(context, own_datasets).find_all(arguments_by_name.get("commodity", ()))
    parameters["commodity"] = ",".join(commodities)
    parameters |= {name: texts.get(name) for name in SHARED_PARAMETERS}
    selection = {**texts, "reporter": reporter, "commodity": commodities, "as_of": None}
    frequency = texts.get("frequency") or default_frequency(context.session, context.reference, selection)
    parameters["frequency"] = frequency.upper()
    parameters["period"] = texts.get("period") or ("all" if view in {"series", "balances"} else "latest")
    parameters |= {name: texts[name] for name in VIEW_PARAMETERS[view] if name in texts and name not in LIST_PARAMETERS}
    complete = {name: value for name, value in parameters.items() if value}
    return ExplorerQuery(view, chart, _adapt_to_view(complete, view))


def is_canonical(query: ExplorerQuery, arguments: MultiDict[str, str]) -> bool:
    """Return whether a request has exactly the arguments of its query's own URL (`query.url()`), in the same order."""
    return list(arguments.items(multi=True)) == parse_qsl(urlsplit(query.url()).query)


def _adapt_to_view(parameters: Mapping[str, str], view: str) -> dict[str, str]:
    """Return the parameters that a view has, without those that select what it shows by default."""
    adapted = {
        name: value
        for name, value in parameters.items()
        if name in {"reporter", *SHARED_PARAMETERS, *VIEW_PARAMETERS[view]}
    }
    if view in {"partners", "commodities"}:
        own = "partner" if view == "partners" else "commodity"
        other = "commodity" if view == "partners" else "partner"
        adapted |= {name: adapted[name].split(",")[0] for name in ("flow", other) if name in adapted}
        if adapted.get(own) in {ALL_KEYWORD, WORLD_CODE, TOTAL_CODE} or "," not in adapted.get(own, ""):
            adapted.pop(own, None)
        if adapted.get("period", "").startswith("all") or ".." in adapted.get("period", ""):
            adapted["period"] = adapted["period"].rpartition("..")[2] or "latest"
            adapted["period"] = "latest" if adapted["period"] == ALL_KEYWORD else adapted["period"]
    return {name: value for name, value in adapted.items() if DEFAULT_CODES.get(name) != value}


def _check_names(arguments_by_name: Mapping[str, Iterable[str]]) -> None:
    known_names = {*ALL_PARAMETERS, *IGNORED_PARAMETERS, "residual", "cursor"}
    errors = [
        ParameterError(name, "", "there is no such parameter", closest_words(name, ALL_PARAMETERS))
        for name in arguments_by_name
        if name not in known_names
    ]
    if errors:
        raise InvalidRequest(*errors)


def _check_day(text: str | None) -> None:
    try:
        CalendarDate().deserialize(text or "2024-02-21")
    except ValidationError as error:
        reason = "it should be a calendar day, written 2024-02-21"
        raise InvalidRequest(ParameterError("as_of", text or "", reason)) from error


def _choose(texts: Mapping[str, str], name: str, choices: Sequence[str]) -> str:
    text = texts.get(name, choices[0]).lower()
    if text not in choices:
        reason = f"it should be one of {', '.join(choices)}"
        raise InvalidRequest(ParameterError(name, text, reason, closest_words(text, choices) or list(choices)))
    return text


def _find_reporter(context: Context, text: str | None, datasets: Sequence[Dataset]) -> str:
    if text is None:
        return ranked_reporters(context.reference, datasets)[0]
    return reporter_names(context.reference, datasets).find(text)

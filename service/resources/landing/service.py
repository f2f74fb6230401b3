"""The landing page: the datasets that are loaded, the newest headlines, and example queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.api.responses.document_resource import DocumentResource
from service.api.responses.resource import Plan
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import parse_period, period_text

JsonRow = Mapping[str, Any]
UrlParameters = Mapping[str, str | None]
MAX_HEADLINES = 3
EXAMPLE_PERIOD_COUNT = 13


@dataclass(frozen=True)
class ExampleQuery:
    """A question in words, and the URL of the request that answers it."""

    text: str
    link: str


@dataclass(frozen=True)
class LandingPage:
    """The content of the landing page; without datasets everything else is empty."""

    datasets: Sequence[JsonRow]
    headlines: Sequence[JsonRow] = ()
    briefing_url: str | None = None
    example_queries: Sequence[ExampleQuery] = ()


def load_landing_page(context: Context, _plan: Plan) -> LandingPage:
    """Return the content of the landing page."""
    datasets = loaded_datasets(context)
    if not datasets:
        return LandingPage(datasets)
    newest_dataset = datasets[0]
    parameters = dataset_parameters(newest_dataset, datasets)
    return LandingPage(
        datasets,
        headlines(context, newest_dataset, parameters),
        briefing_link(newest_dataset, parameters, format_name="html"),
        example_queries(context, newest_dataset, parameters),
    )


LANDING_PAGE = DocumentResource(load_landing_page)


def loaded_datasets(context: Context) -> list[JsonRow]:
    """Return the rows of /v1/reporters with a published period, the newest first."""
    rows = context.services.fetch(context, "/v1/reporters?limit=10000").rows()
    datasets = [row for row in rows if row["latest_period"] is not None]
    return sorted(datasets, key=lambda row: (row["latest_period"], row["classification"] != "TOTAL"), reverse=True)


def dataset_parameters(dataset: JsonRow, all_datasets: Sequence[JsonRow]) -> UrlParameters:
    """Return the parameters that select the dataset; null for a parameter that is not necessary."""
    reporter_datasets = [row for row in all_datasets if row["reporter"] == dataset["reporter"]]
    return {
        "reporter": dataset["reporter"],
        "dataset": dataset["dataset"] if len(reporter_datasets) > 1 else None,
        "frequency": None if dataset["frequency"] == "M" else dataset["frequency"],
    }


def briefing_link(dataset: JsonRow, parameters: UrlParameters, *, format_name: str | None = None) -> str:
    """Return the URL of the briefing on the dataset's newest period."""
    path = f"/v1/briefings/{dataset['reporter']}/{dataset['latest_period']}"
    return build_url(path, {"dataset": parameters["dataset"], "format": format_name})


def headlines(context: Context, dataset: JsonRow, parameters: UrlParameters) -> list[JsonRow]:
    """Return the first statements of the briefing on the dataset's newest period."""
    rows: list[JsonRow] = context.services.fetch(context, briefing_link(dataset, parameters)).rows()
    return rows[:MAX_HEADLINES]


def example_queries(context: Context, dataset: JsonRow, parameters: UrlParameters) -> list[ExampleQuery]:
    """Return example queries for the dataset's newest period and the partner with the largest contribution.

    Queries by partner are left out where the dataset has no partners.
    """
    name, period = dataset["reporter_name"], dataset["latest_period"]
    since = _first_period(period, dataset["frequency"])
    return [
        *_partner_queries(context, {**parameters, "period": period, "flow": "X"}, name),
        ExampleQuery(
            f"How did all exports of {name} go since {since}, and for how long have they grown or fallen?",
            build_url("/v1/series", {**parameters, "flow": "X", "period": f"{since}..{period}"}),
        ),
        ExampleQuery(
            f"What is the news of {name} in {period}? A page to read, with charts.",
            briefing_link(dataset, parameters, format_name="html"),
        ),
    ]


def _partner_queries(context: Context, parameters: UrlParameters, reporter_name: str) -> list[ExampleQuery]:
    ranking_parameters = {**parameters, "sort": "-partner_contribution_pp"}
    url = build_url("/v1/partners", {**ranking_parameters, "limit": "1"})
    partners = context.services.fetch(context, url).rows()
    if not partners:
        return []
    partner_name = partners[0]["partner_name"]
    partner_parameters = {**parameters, "partner": partners[0]["partner"]}
    return [
        ExampleQuery(
            f"How much did {reporter_name} export to {partner_name} in {parameters['period']}, and how did that grow?",
            build_url("/v1/flows", partner_parameters),
        ),
        ExampleQuery(
            f"Which partners moved the exports of {reporter_name} up most?",
            build_url("/v1/partners", {**ranking_parameters, "limit": "10"}),
        ),
        ExampleQuery(
            f"Which goods went to {partner_name}, and which of them grew?",
            build_url("/v1/commodities", {**partner_parameters, "limit": "10"}),
        ),
    ]


def _first_period(period: str, frequency: str) -> str:
    months = MONTHS_PER_PERIOD[frequency]
    return period_text(parse_period(period).first_month - (EXAMPLE_PERIOD_COUNT - 1) * months, months=months)

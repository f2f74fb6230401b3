"""What the first page says: the datasets that are loaded, the newest news, and questions to click."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.api.internal_requests import link_to, own_answer
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import parse_period, period_text

JsonRow = Mapping[str, Any]
UrlParameters = Mapping[str, str | None]
MAX_HEADLINES = 3
EXAMPLE_PERIOD_COUNT = 13


@dataclass(frozen=True)
class ExampleQuery:
    """A question in words, and the request that answers it."""

    words: str
    link: str


def loaded_datasets() -> list[JsonRow]:
    """Return what is loaded: the rows of /v1/reporters that have a period, the newest first."""
    rows = own_answer("/v1/reporters?limit=10000")["data"]
    known = [row for row in rows if row["latest_period"] is not None]
    return sorted(known, key=lambda row: (row["latest_period"], row["classification"] != "TOTAL"), reverse=True)


def dataset_parameters(dataset: JsonRow, all_datasets: Sequence[JsonRow]) -> UrlParameters:
    """Return the parameters that choose the dataset, and no more of them than are needed."""
    own = [row for row in all_datasets if row["reporter"] == dataset["reporter"]]
    return {
        "reporter": dataset["reporter"],
        "dataset": dataset["dataset"] if len(own) > 1 else None,
        "frequency": None if dataset["frequency"] == "M" else dataset["frequency"],
    }


def briefing_link(dataset: JsonRow, parameters: UrlParameters, *, format_name: str | None = None) -> str:
    """Return the address of the briefing of the dataset's newest period."""
    path = f"/v1/briefings/{dataset['reporter']}/{dataset['latest_period']}"
    return link_to(path, {"dataset": parameters["dataset"], "format": format_name})


def headlines(dataset: JsonRow, parameters: UrlParameters) -> list[JsonRow]:
    """Return the first statements of that briefing."""
    rows: list[JsonRow] = own_answer(briefing_link(dataset, parameters))["data"]
    return rows[:MAX_HEADLINES]


def example_queries(dataset: JsonRow, parameters: UrlParameters) -> list[ExampleQuery]:
    """Return questions about the dataset's newest period and the partner that moved it most.

    Those of partners are left out where the dataset has none.
    """
    name, period = dataset["reporter_name"], dataset["latest_period"]
    since = _first_period(period, dataset["frequency"])
    return [
        *_partner_queries({**parameters, "period": period, "flow": "X"}, name),
        ExampleQuery(
            f"How did all exports of {name} go since {since}, and for how long have they grown or fallen?",
            link_to("/v1/series", {**parameters, "flow": "X", "period": f"{since}..{period}"}),
        ),
        ExampleQuery(
            f"What is the news of {name} in {period}? A page to read, with charts.",
            briefing_link(dataset, parameters, format_name="html"),
        ),
    ]


def _partner_queries(parameters: UrlParameters, reporter_name: str) -> list[ExampleQuery]:
    by_contribution = {**parameters, "sort": "-partner_contribution_pp"}
    partners = own_answer(link_to("/v1/partners", {**by_contribution, "limit": "1"}))["data"]
    if not partners:
        return []
    with_partner, called = {**parameters, "partner": partners[0]["partner"]}, partners[0]["partner_name"]
    return [
        ExampleQuery(
            f"How much did {reporter_name} export to {called} in {parameters['period']}, and how did that grow?",
            link_to("/v1/flows", with_partner),
        ),
        ExampleQuery(
            f"Which partners moved the exports of {reporter_name} up most?",
            link_to("/v1/partners", {**by_contribution, "limit": "10"}),
        ),
        ExampleQuery(
            f"Which goods went to {called}, and which of them grew?",
            link_to("/v1/commodities", {**with_partner, "limit": "10"}),
        ),
    ]


def _first_period(period: str, frequency: str) -> str:
    months = MONTHS_PER_PERIOD[frequency]
    return period_text(parse_period(period).first_month - (EXAMPLE_PERIOD_COUNT - 1) * months, months=months)

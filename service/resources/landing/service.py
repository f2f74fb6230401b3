"""What the first page says: the datasets that are loaded, the newest news, and questions to click."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.api.internal_requests import link_to, own_answer
from service.domain.frequencies import MONTHS
from service.domain.periods import parse_period, period_text

Row = Mapping[str, Any]
Question = Mapping[str, str | None]
HEADLINES = 3
PERIODS_SHOWN = 13


@dataclass(frozen=True)
class Suggested:
    """A question in words, and the request that answers it."""

    words: str
    link: str


def datasets() -> list[Row]:
    """Return what is loaded: the rows of /v1/reporters that have a period, the newest first."""
    rows = own_answer("/v1/reporters?limit=10000")["data"]
    known = [row for row in rows if row["latest_period"] is not None]
    return sorted(known, key=lambda row: (row["latest_period"], row["classification"] != "TOTAL"), reverse=True)


def asked_of(dataset: Row, loaded: Sequence[Row]) -> Question:
    """Return the parameters that choose the dataset, and no more of them than are needed."""
    own = [row for row in loaded if row["reporter"] == dataset["reporter"]]
    return {
        "reporter": dataset["reporter"],
        "dataset": dataset["dataset"] if len(own) > 1 else None,
        "frequency": None if dataset["frequency"] == "M" else dataset["frequency"],
    }


def briefing_link(dataset: Row, asked: Question, *, form: str | None = None) -> str:
    """Return the address of the briefing of the dataset's newest period."""
    path = f"/v1/briefings/{dataset['reporter']}/{dataset['latest_period']}"
    return link_to(path, {"dataset": asked["dataset"], "format": form})


def headlines(dataset: Row, asked: Question) -> list[Row]:
    """Return the first statements of that briefing."""
    rows: list[Row] = own_answer(briefing_link(dataset, asked))["data"]
    return rows[:HEADLINES]


def questions(dataset: Row, asked: Question) -> list[Suggested]:
    """Return questions about the dataset's newest period and the partner that moved it most.

    Those of partners are left out where the dataset has none.
    """
    name, period = dataset["reporter_name"], dataset["latest_period"]
    since = _periods_before(period, dataset["frequency"])
    return [
        *_of_partners({**asked, "period": period, "flow": "X"}, name),
        Suggested(
            f"How did all exports of {name} go since {since}, and for how long have they grown or fallen?",
            link_to("/v1/series", {**asked, "flow": "X", "period": f"{since}..{period}"}),
        ),
        Suggested(
            f"What is the news of {name} in {period}? A page to read, with charts.",
            briefing_link(dataset, asked, form="html"),
        ),
    ]


def _of_partners(asked: Question, name: str) -> list[Suggested]:
    by_contribution = {**asked, "sort": "-partner_contribution_pp"}
    partners = own_answer(link_to("/v1/partners", {**by_contribution, "limit": "1"}))["data"]
    if not partners:
        return []
    with_partner, called = {**asked, "partner": partners[0]["partner"]}, partners[0]["partner_name"]
    return [
        Suggested(
            f"How much did {name} export to {called} in {asked['period']}, and how did that grow?",
            link_to("/v1/flows", with_partner),
        ),
        Suggested(
            f"Which partners moved the exports of {name} up most?",
            link_to("/v1/partners", {**by_contribution, "limit": "10"}),
        ),
        Suggested(
            f"Which goods went to {called}, and which of them grew?",
            link_to("/v1/commodities", {**with_partner, "limit": "10"}),
        ),
    ]


def _periods_before(period: str, frequency: str) -> str:
    months = MONTHS[frequency]
    return period_text(parse_period(period).first - (PERIODS_SHOWN - 1) * months, months=months)

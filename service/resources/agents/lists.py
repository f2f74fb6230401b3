"""Tools that find codes by name, list the loaded datasets, and check the numbers of a text."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.resources.agents.answer import MAX_ANSWER_ROWS, Answer
from service.resources.agents.names import area_code, matching_areas, reported_commodities

DATASET_COLUMNS = (
    "dataset",
    "reporter",
    "reporter_name",
    "classification",
    "frequency",
    "currency",
    "first_period",
    "latest_period",
)


def find_codes(context: Context, arguments: Mapping[str, Any]) -> Answer:
    """Answer a call of the tool `find_codes` with the areas and commodities that match a text by name or code."""
    text = arguments["text"].strip()
    reporter = arguments.get("reporter")
    reporter_code = None if reporter is None else area_code(context, "reporter", reporter)
    rows = [{"kind": area.kind, "code": area.code, "name": area.name} for area in matching_areas(context, text)]
    for classification, commodities in reported_commodities(context, reporter_code):
        rows += [
            {"kind": f"commodity of {classification}", "code": code, "name": commodity.name}
            for code, commodity in sorted(commodities.items(), key=lambda entry: (entry[1].level, entry[0]))
            if text.lower() in commodity.name.lower() or text.upper() == code
        ]
    sentence = (
        f"{_count_phrase(len(rows), 'code matches', 'codes match')} {text}."
        if rows
        else f"No area or commodity is called {text}."
    )
    return Answer(sentence, "/v1/classifications", ("kind", "code", "name"), rows[: MAX_ANSWER_ROWS + 1])


def list_data(context: Context, _arguments: Mapping[str, Any]) -> Answer:
    """Answer a call of the tool `list_data` with the loaded datasets and their periods."""
    result = context.fetch_resource("/v1/reporters?limit=1000")
    rows = result.rows()
    sentence = f"{_count_phrase(len(rows), 'dataset is', 'datasets are')} loaded." if rows else "No data are loaded."
    return Answer(sentence, "/v1/reporters", DATASET_COLUMNS, rows)


CHECK_COLUMNS = ("claim", "verdict", "official", "measure", "period", "reason", "link")


def check_text(context: Context, arguments: Mapping[str, Any]) -> Answer:
    """Answer a call of the tool `check_text` with a verdict on each trade figure in the argument `text`."""
    query = {name: arguments.get(name) for name in ("text", "published", "reporter")}
    claims = context.fetch_resource(build_url("/v1/checks", query))["data"]
    rows = [
        {
            "claim": claim["span"]["quote"],
            "verdict": claim["verdict"],
            "official": claim["figure"],
            "measure": claim["parsed"]["measure"],
            "period": claim["parsed"]["period"],
            "reason": claim["reason"],
            "link": claim["link"],
        }
        for claim in claims
    ]
    counts = Counter(row["verdict"] for row in rows)
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    sentence = (
        f"{_count_phrase(len(rows), 'number', 'numbers')} on trade: {verdicts}."
        if rows
        else "The text has no number on trade."
    )
    return Answer(sentence, "/v1/checks", CHECK_COLUMNS, rows[: MAX_ANSWER_ROWS + 1])


def _count_phrase(count: int, singular: str, plural: str) -> str:
    return f"{count} {singular if count == 1 else plural}"

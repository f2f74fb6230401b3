"""Tools for what there is: codes by name, and the loaded datasets."""

from collections.abc import Mapping
from typing import Any

from service.api.database.context import Context
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
    """Return the areas and commodities whose names contain a text."""
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
    sentence = f"{len(rows)} codes match {text}." if rows else f"No area or commodity is called {text}."
    return Answer(sentence, "/v1/classifications", ("kind", "code", "name"), rows[: MAX_ANSWER_ROWS + 1])


def list_data(context: Context, _arguments: Mapping[str, Any]) -> Answer:
    """Return the loaded datasets with their periods."""
    result = context.services.fetch(context, "/v1/reporters?limit=1000")
    rows = result.rows()
    sentence = f"{len(rows)} datasets are loaded." if rows else "No data are loaded."
    return Answer(sentence, "/v1/reporters", DATASET_COLUMNS, rows)

"""The tools: their names, descriptions and arguments, and the execution of calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.api.database.context import Context
from service.domain.suggestions import closest_words
from service.errors import InvalidRequest, NotFound, ParameterError
from service.resources.agents.answer import Answer, answer_text
from service.resources.agents.figures import (
    SORT_COLUMNS,
    explain_difference,
    get_briefing,
    get_series,
    rank_commodities,
    rank_partners,
)
from service.resources.agents.lists import check_text, find_codes, list_data

MAX_ARGUMENT_CHARACTERS = 200
MAX_TEXT_CHARACTERS = 10_000
MAX_NUMBER = 1e18
NUMBER_TYPES = {"integer": (int, "a whole number"), "number": (int | float, "a number")}
ArgumentSchema = Mapping[str, Any]
REPORTER: ArgumentSchema = {"type": "string", "description": "Reporting country: name or ISO code"}
PARTNER: ArgumentSchema = {"type": "string", "description": "Partner country or group: name or code; default World"}
FLOW: ArgumentSchema = {"type": "string", "enum": ["exports", "imports"], "default": "exports"}
COMMODITY: ArgumentSchema = {"type": "string", "description": "Name or code; default all goods"}
PERIOD: ArgumentSchema = {
    "type": "string",
    "description": "2024-01, 2023-Q4, 2023, a range 2023-01..2024-01, or latest (default)",
}
ONE_PERIOD: ArgumentSchema = {"type": "string", "description": "2024-01, 2023-Q4, 2023, or latest (default)"}
CURRENCY: ArgumentSchema = {"type": "string", "description": "ISO 4217 code such as USD"}
CLAIMED: ArgumentSchema = {"type": "number", "description": "The other figure, in units of currency", "minimum": 1}
SORT: ArgumentSchema = {"type": "string", "enum": list(SORT_COLUMNS), "default": "value"}
LIMIT: ArgumentSchema = {"type": "integer", "minimum": 1, "maximum": 50, "default": 10}


@dataclass(frozen=True)
class Tool:
    """A tool: its description for agents, the schemas of its arguments, and the function that answers a call."""

    name: str
    description: str
    function: Callable[[Context, Mapping[str, Any]], Answer]
    arguments: Mapping[str, ArgumentSchema] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    @property
    def input_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the arguments."""
        schema = {"type": "object", "properties": dict(self.arguments), "additionalProperties": False}
        return schema | ({"required": list(self.required)} if self.required else {})


SERIES_ARGUMENTS: dict[str, ArgumentSchema] = {
    "reporter": REPORTER,
    "partner": PARTNER,
    "flow": FLOW,
    "commodity": COMMODITY,
    "period": PERIOD,
}
TOOLS = {
    tool.name: tool
    for tool in (
        Tool("list_data", "List the loaded datasets: reporters, classifications, periods.", list_data),
        Tool(
            "find_codes",
            "Find codes of countries, groups and commodities by name. The other tools understand names too.",
            find_codes,
            {"text": {"type": "string", "description": "Part of a name, or a code"}, "reporter": REPORTER},
            ("text",),
        ),
        Tool(
            "get_series",
            "Get a country's trade over time, with growth from a year earlier (yoy_pct). With currency, also the "
            "values and the growth converted to it: growth can differ between currencies.",
            get_series,
            SERIES_ARGUMENTS | {"currency": CURRENCY},
            ("reporter",),
        ),
        Tool(
            "rank_partners",
            "Rank a country's partners in one period, with share, growth and contribution to growth.",
            rank_partners,
            {
                **{"reporter": REPORTER, "flow": FLOW, "commodity": COMMODITY, "period": ONE_PERIOD, "sort": SORT},
                **{"limit": LIMIT, "currency": CURRENCY},
            },
            ("reporter",),
        ),
        Tool(
            "rank_commodities",
            "Rank the commodities that a country trades in one period, with share, growth and contribution.",
            rank_commodities,
            {
                **{"reporter": REPORTER, "partner": PARTNER, "flow": FLOW, "period": ONE_PERIOD, "sort": SORT},
                "level": {
                    "type": "integer",
                    "minimum": 1,
                    "description": "Level of the classification; HS: 2, 4 or 6 digits",
                },
                **{"limit": LIMIT, "currency": CURRENCY},
            },
            ("reporter",),
        ),
        Tool(
            "get_briefing",
            "Get a country's trade news of a period in sentences: totals, partners, commodities, what totals hide.",
            get_briefing,
            {"reporter": REPORTER, "period": ONE_PERIOD},
            ("reporter",),
        ),
        Tool(
            "explain_difference",
            "Explain why another figure for the same trade differs: earlier releases, exchange rates, datasets, the "
            "partner's report. With claimed, the closest reading is the first.",
            explain_difference,
            SERIES_ARGUMENTS | {"period": ONE_PERIOD, "claimed": CLAIMED, "currency": CURRENCY},
            ("reporter",),
        ),
        Tool(
            "check_text",
            "Check each number on trade in an English text against the official figure known on its day.",
            check_text,
            {
                "text": {"type": "string", "description": "The text", "maxLength": MAX_TEXT_CHARACTERS},
                "published": {"type": "string", "description": "Day of the text, 2024-02-21; default today"},
                "reporter": REPORTER,
            },
            ("text",),
        ),
    )
}


def call_tool(context: Context, name: str, arguments: Mapping[str, Any], *, base_url: str) -> str:
    """Return the answer to a call of a tool as text. All its figures are of the same version of the data.

    :raises NotFound: there is no such tool, or no such resource.
    :raises InvalidRequest: an argument is unknown or invalid; the error suggests valid ones.
    :raises SourceUnavailable: new data were loaded during each attempt to answer.
    """
    if name not in TOOLS:
        raise NotFound(f"There is no tool {name[:100]}; there are {', '.join(TOOLS)}.")
    tool = TOOLS[name]
    _check_arguments(tool, arguments)
    answer = context.read_consistently(lambda context: tool.function(context, arguments))
    return answer_text(answer, base_url=base_url)


def _check_arguments(tool: Tool, arguments: Mapping[str, Any]) -> None:
    errors = [
        ParameterError(name, str(value)[:MAX_ARGUMENT_CHARACTERS], reason, suggestions)
        for name, value in arguments.items()
        for reason, suggestions in _argument_faults(tool, name, value)
    ]
    errors += [ParameterError(name, "", "it is required") for name in tool.required if not arguments.get(name)]
    if errors:
        raise InvalidRequest(*errors)


def _argument_faults(tool: Tool, name: str, value: Any) -> list[tuple[str, list[str]]]:
    if name not in tool.arguments:
        reason = f"{tool.name} has no such argument; it has {', '.join(tool.arguments) or 'none'}"
        return [(reason, closest_words(name, tool.arguments))]
    schema = tool.arguments[name]
    if value is None:
        return []
    if schema["type"] in NUMBER_TYPES:
        return _number_faults(schema, value)
    max_length = schema.get("maxLength", MAX_ARGUMENT_CHARACTERS)
    if not isinstance(value, str) or len(value) > max_length:
        return [(f"it is not a text of at most {max_length} characters", [])]
    if name == "sort" and value not in schema["enum"]:
        return [("there is no such order", list(schema["enum"]))]
    return []


def _number_faults(schema: ArgumentSchema, value: Any) -> list[tuple[str, list[str]]]:
    types, kind = NUMBER_TYPES[schema["type"]]
    is_number = isinstance(value, types) and not isinstance(value, bool)
    if is_number and schema.get("minimum", 0) <= value <= schema.get("maximum", MAX_NUMBER):
        return []
    return [(f"it is not {kind} in the range of the argument", [])]

"""Parameters and rows of /v1/briefings."""

from marshmallow import Schema, fields

from service.api.contract.envelope import envelope
from service.api.contract.fields import (
    MONETARY,
    float_field,
    integer_field,
    schema_example,
    string_field,
    string_list_field,
)
from service.api.contract.omitted_fact import OmittedFact
from service.api.parameters.common import DatasetParams, PresentationParams
from service.api.parameters.types import BoundedInteger, Choice
from service.resources.briefings.statement import SECTIONS

BRIEFING_FORMATS = ("json", "markdown", "html")


class BriefingsParams(PresentationParams):
    """Parameters of /v1/briefings."""


class BriefingLinkRow(Schema):
    """One briefing: its reporter and period, and its URL."""

    reporter = string_field("Canonical code of the reporter.", "JPN", required=True)
    reporter_name = string_field("Name of the reporter.", "Japan")
    period = string_field("Period of the briefing, `2024-01`, `2023-Q4` or `2023`.", "2024-01", required=True)
    frequency = string_field("`M` month, `Q` quarter, `A` year.", "M", enum=["M", "Q", "A"])
    briefing = string_field("URL of the briefing.", "/v1/briefings/JPN/2024-01")


class BriefingParams(DatasetParams):
    """Parameters of /v1/briefings/{reporter}/{period}."""

    top = BoundedInteger(
        min_value=1,
        max_value=20,
        load_default=5,
        metadata={"description": "Number of main partners, 1 to 20.", "examples": [3]},
    )
    format = Choice(
        BRIEFING_FORMATS,
        metadata={
            "description": "Format of the response; by default that of the Accept header, or JSON without one.",
            "examples": ["markdown"],
        },
    )


class StatementNumber(Schema):
    """A number of a statement."""

    name = string_field("Column of the number in the row at `links.self`.", "yoy_pct", required=True)
    value = float_field(
        "The number. Null where it is not known; the sentence then states the reason.", 29.2195, required=True
    )
    unit = string_field(
        "Unit: a currency, `%`, `pp` percentage points, `periods`, `months`, `place`, `rate`, or an indicator's unit.",
        "%",
        required=True,
    )
    row = string_field(
        "Key of the row with the number: its first column. Null where there is only one row.",
        None,
        nullable=True,
        required=True,
    )


class StatementLinks(Schema):
    """Links of a statement: the request for its numbers, and its source."""

    self = string_field(
        "URL of the request that returns the numbers.",
        "/v1/partners/CHN?reporter=JPN&period=2024-01&flow=X",
        required=True,
    )
    source = string_field(
        "URL of the source of a measure or an indicator. Null for trade figures.", None, nullable=True, required=True
    )


class StatementRow(Schema):
    """One statement: a sentence, its numbers, and the request that returns them."""

    id = string_field("Identifier of the statement, unique in the briefing.", "exports-CHN", required=True)
    section = string_field("Section of the briefing.", "partners", enum=list(SECTIONS), required=True)
    sentence = string_field(
        "The numbers in plain English.",
        "Exports to China were 1.25 trillion yen, up 29.2% from a year earlier.",
        required=True,
    )
    numbers = fields.List(
        fields.Nested(StatementNumber),
        required=True,
        metadata={
            "description": "The numbers, unrounded.",
            "example": [{"name": "yoy_pct", "value": 29.2195, "unit": "%", "row": None}],
        },
    )
    releases = string_list_field("Releases of the figures.", ["jpn-pc-m-demo-2024-02-28"], required=True)
    obs_status = string_field(
        "Status of the figure (SDMX): `A` normal, `P` provisional, `E` estimated. Null where there is no single one.",
        "P",
        nullable=True,
        required=True,
    )
    source = string_field(
        "Source of a trade measure or of an indicator. Null for trade figures.",
        None,
        nullable=True,
        required=True,
    )
    links = fields.Nested(
        StatementLinks, required=True, metadata={"description": "The request that returns the numbers, and the source."}
    )


class KeyFigureField(Schema):
    """A key figure of a briefing."""

    id = string_field("Identifier, unique in the briefing.", "exports", required=True)
    label = string_field("Name of the figure.", "Total exports", required=True)
    value = integer_field(
        "Value, in `currency`. Null where it is not known.", 7332754388000, nullable=True, required=True, **MONETARY
    )
    currency = string_field("Currency, ISO 4217.", "JPY", required=True)
    yoy_pct = float_field(
        "Growth from a year earlier in percent; of a balance that of its size. Null where it is not known.",
        11.9406,
        required=True,
    )
    obs_status = string_field(
        "Status of the value (SDMX). Null for a balance, or where it is not known.", "P", nullable=True, required=True
    )
    link = string_field(
        "URL of the request that returns the figure.", "/v1/series?reporter=JPN&flow=X&period=2024-01", required=True
    )


class OutlineTableRow(Schema):
    """A row of a table."""

    code = string_field("Code of the partner or commodity.", "CHN", required=True)
    name = string_field("Its name.", "China", required=True)
    value = integer_field(
        "Value, in the table's `currency`. Null where it is not known.",
        1250314515000,
        nullable=True,
        required=True,
        **MONETARY,
    )
    yoy_pct = float_field("Growth from a year earlier in percent. Null where it is not known.", 29.2195)
    share_pct = float_field("Share of the total in percent. Null where it is not known.", 17.0511)
    contribution_pp = float_field(
        "Contribution to the growth of the total in percentage points. Null where it is not known.", 4.316
    )


class OutlineTableField(Schema):
    """A table of partners or commodities."""

    id = string_field("Identifier, unique in the briefing.", "exports-partners", required=True)
    title = string_field("Title.", "Exports by partner", required=True)
    currency = string_field("Currency of the values, ISO 4217.", "JPY", required=True)
    rows = fields.List(
        fields.Nested(OutlineTableRow),
        required=True,
        metadata={"description": "The rows.", "example": [schema_example(OutlineTableRow)]},
    )
    link = string_field(
        "URL of the request that returns the rows.", "/v1/partners?reporter=JPN&flow=X&period=2024-01", required=True
    )


def _nested_list(schema: type[Schema], description: str) -> fields.List[Schema]:
    return fields.List(
        fields.Nested(schema),
        required=True,
        metadata={"description": description, "example": [schema_example(schema)]},
    )


class OutlineField(Schema):
    """The summary of a briefing."""

    headline = string_field(
        "The main figures in one sentence.",
        "Japan's exports in January 2024 were 7.33 trillion yen, up 11.9% from a year earlier.",
        required=True,
    )
    status = string_field(
        "Weakest status of the key figures: `final`, `provisional` or `estimated`. Null where it is not known.",
        "provisional",
        nullable=True,
        required=True,
    )
    key_figures = _nested_list(KeyFigureField, "The key figures, at most five.")
    omitted = _nested_list(OmittedFact, "Facts that the headline leaves out.")
    tables = _nested_list(OutlineTableField, "Tables of partners and commodities.")


class BriefingPage(envelope(StatementRow)):  # type: ignore[misc] # the envelope is created at run time
    """A briefing: its statements and their summary."""

    outline = fields.Nested(
        OutlineField,
        metadata={"description": "The briefing in short. Absent where nothing is published."},
    )

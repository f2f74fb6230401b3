"""Parameters and rows of /v1/briefings."""

from marshmallow import Schema, fields

from service.api.contract.fields import float_field, string_field, string_list_field
from service.api.parameters.common import DatasetParams
from service.api.parameters.types import BoundedInteger, Choice
from service.resources.briefings.statement import SECTIONS

BRIEFING_FORMATS = ("json", "markdown", "html")


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
        "Exports to China were 1.25 trillion yen, up 29.2 % on a year before.",
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

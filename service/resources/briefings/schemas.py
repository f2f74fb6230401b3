"""What /v1/briefings takes and gives."""

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
        metadata={"description": "How many main partners to tell of, 1 to 20.", "examples": [3]},
    )
    format = Choice(
        BRIEFING_FORMATS,
        metadata={
            "description": "Form of the answer; where left out, the Accept header decides, and JSON without one.",
            "examples": ["markdown"],
        },
    )


class StatementNumber(Schema):
    """A number of a statement."""

    name = string_field("The column of the row at `links.self` in which the number stands.", "yoy_pct", required=True)
    value = float_field("The number. Null where it is not known; the sentence then says why.", 29.2195, required=True)
    unit = string_field(
        "A currency, `%`, `pp` percentage points, `periods`, `months`, `place`, `rate`, or that of an indicator.",
        "%",
        required=True,
    )
    row = string_field(
        "Which row it stands in: the row's first column. Null where there is one row only.",
        None,
        nullable=True,
        required=True,
    )


class StatementLinks(Schema):
    """Where the numbers of a statement are from."""

    self = string_field(
        "Address of the request whose rows hold them.",
        "/v1/partners/CHN?reporter=JPN&period=2024-01&flow=X",
        required=True,
    )
    source = string_field(
        "Address of the source of what no release prints. Null for figures.", None, nullable=True, required=True
    )


class StatementRow(Schema):
    """One statement: a sentence, its numbers, and the request that gives them."""

    id = string_field("What it is about; unique in the briefing.", "exports-CHN", required=True)
    section = string_field(
        "The part of the briefing that it stands in.", "partners", enum=list(SECTIONS), required=True
    )
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
    releases = string_list_field("The releases that the figures are from.", ["jpn-pc-m-demo-2024-02-28"], required=True)
    obs_status = string_field(
        "Status of the figure (SDMX): `A` normal, `P` provisional, `E` estimated. Null where there is no single one.",
        "P",
        nullable=True,
        required=True,
    )
    source = string_field(
        "The source of what no release prints: of a trade measure, of a survey. Null for figures.",
        None,
        nullable=True,
        required=True,
    )
    links = fields.Nested(
        StatementLinks, required=True, metadata={"description": "The request whose rows give the numbers."}
    )

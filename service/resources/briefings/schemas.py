"""What /v1/briefings takes and gives."""

from marshmallow import Schema, fields

from service.api.contract.fields import number, text, texts
from service.api.parameters.common import FiguresParams
from service.api.parameters.types import Choice, Whole
from service.resources.briefings.statement import SECTIONS

FORMS = ("json", "markdown", "html")


class BriefingParams(FiguresParams):
    """Parameters of /v1/briefings/{reporter}/{period}."""

    top = Whole(
        lowest=1,
        highest=20,
        load_default=5,
        metadata={"description": "How many main partners to tell of, 1 to 20.", "examples": [3]},
    )
    format = Choice(
        FORMS,
        metadata={
            "description": "Form of the answer; where left out, the Accept header decides, and JSON without one.",
            "examples": ["markdown"],
        },
    )


class StatementNumber(Schema):
    """A number of a statement."""

    name = text("The column of the row at `links.self` in which the number stands.", "yoy_pct", required=True)
    value = number("The number. Null where it is not known; the sentence then says why.", 29.2195, required=True)
    unit = text(
        "A currency, `%`, `pp` percentage points, `periods`, `months`, `place`, `rate`, or that of an indicator.",
        "%",
        required=True,
    )
    row = text(
        "Which row it stands in: the row's first column. Null where there is one row only.",
        None,
        nullable=True,
        required=True,
    )


class StatementLinks(Schema):
    """Where the numbers of a statement are from."""

    self = text(
        "Address of the request whose rows hold them.",
        "/v1/partners/CHN?reporter=JPN&period=2024-01&flow=X",
        required=True,
    )
    source = text(
        "Address of the source of what no release prints. Null for figures.", None, nullable=True, required=True
    )


class StatementRow(Schema):
    """One statement: a sentence, its numbers, and the request that gives them."""

    id = text("What it is about; unique in the briefing.", "exports-CHN", required=True)
    section = text("The part of the briefing that it stands in.", "partners", enum=list(SECTIONS), required=True)
    sentence = text(
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
    releases = texts("The releases that the figures are from.", ["jpn-pc-m-demo-2024-02-28"], required=True)
    obs_status = text(
        "Status of the figure (SDMX): `A` normal, `P` provisional, `E` estimated. Null where there is no single one.",
        "P",
        nullable=True,
        required=True,
    )
    source = text(
        "The source of what no release prints: of a trade measure, of a survey. Null for figures.",
        None,
        nullable=True,
        required=True,
    )
    links = fields.Nested(
        StatementLinks, required=True, metadata={"description": "The request whose rows give the numbers."}
    )

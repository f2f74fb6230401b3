"""What /v1/briefings takes and gives."""

from marshmallow import Schema, fields

from service.api.fields import Choice, Whole
from service.api.params import FiguresParams
from service.api.schemas import number, text
from service.resources.briefings.statements import SECTIONS

FORMS = ("json", "markdown", "html")


class BriefingParams(FiguresParams):
    """Parameters of /v1/briefings/{reporter}/{period}."""

    top = Whole(
        lowest=1,
        highest=20,
        load_default=5,
        metadata={"description": "How many main partners to tell of, 1 to 20.", "default": "5"},
    )
    format = Choice(
        FORMS,
        metadata={
            "description": "Form of the answer; where left out, the Accept header decides, and JSON without one.",
        },
    )


class StatementNumber(Schema):
    """A number of a statement."""

    name = text("The column of the row at `links.self` in which the number stands.", "yoy_pct")
    value = number("The number. Null where it is not known; the sentence then says why.", 29.2195)
    unit = text("A currency, `%`, `pp` percentage points, `periods`, `place` or `rate`.", "%")


class StatementLinks(Schema):
    """Where the numbers of a statement are from."""

    self = text("Address of the request whose rows hold them.", "/v1/partners/CHN?reporter=JPN&period=2024-01&flow=X")


class StatementRow(Schema):
    """One statement: a sentence, its numbers, and the request that gives them."""

    id = text("What it is about; unique in the briefing.", "exports-CHN")
    section = text("The part of the briefing that it stands in.", "partners", enum=list(SECTIONS))
    sentence = text(
        "The numbers in plain English.", "Exports to China were 1.25 trillion yen, up 29.2 % on a year before."
    )
    numbers = fields.List(
        fields.Nested(StatementNumber),
        metadata={
            "description": "The numbers, unrounded.",
            "example": [{"name": "yoy_pct", "value": 29.2195, "unit": "%"}],
        },
    )
    releases = fields.List(
        fields.String(),
        metadata={
            "description": "The releases that the figures are from.",
            "example": ["jpn-pc-m-2024-02-28"],
        },
    )
    obs_status = text(
        "Status of the figure (SDMX): `A` normal, `P` provisional, `E` estimated. Null where there is no single one.",
        "P",
        nullable=True,
    )
    links = fields.Nested(StatementLinks, metadata={"description": "The request whose single row gives the numbers."})

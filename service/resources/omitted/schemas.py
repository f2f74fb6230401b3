"""Parameters and rows of /v1/omitted."""

from marshmallow import Schema, fields

from service.api.contract.fields import string_field
from service.api.parameters.single_figure import SingleFigureParams
from service.api.parameters.types import CommaSeparated, Text

FACT_KINDS = (
    *("in_other_currency", "base_effect", "calendar", "largest_mover", "largest_opposite_mover", "other_flow"),
    "reliability",
)


class OmittedParams(SingleFigureParams):
    """Parameters of /v1/omitted: one series in one period."""

    flow = CommaSeparated(
        ("X", "M"), load_default=("X",), metadata={"description": "`X` exports or `M` imports.", "example": "X"}
    )
    named = CommaSeparated(
        load_default=(),
        metadata={
            "description": "Codes of partners and commodities that the headline names already, comma separated: they "
            "are not repeated as movers.",
            "examples": ["USA"],
        },
    )
    dataset = Text(metadata={"description": "Code of the dataset.", "examples": ["jpn-pc-m-demo"]})


class FactFigureField(Schema):
    """A figure of a fact."""

    name = string_field("Column of the figure in the row at `link`, or its name where it is computed.", "yoy_pct")
    value = fields.Raw(
        required=True, metadata={"description": "The figure: a number, or a day as text.", "example": -0.0839}
    )
    unit = string_field("Unit: a currency, `%`, `days`, `date` or `periods`.", "%")
    row = string_field("Key of the row with the figure. Null where there is only one row.", None, nullable=True)


class OmittedRow(Schema):
    """A fact that a headline leaves out."""

    kind = string_field("Kind of the fact.", "in_other_currency", enum=list(FACT_KINDS), required=True)
    sentence = string_field(
        "The fact in plain English.",
        "In US dollars, exports in January 2024 were down 0.1 % on a year before, against up 11.9 % in yen.",
        required=True,
    )
    figures = fields.List(
        fields.Nested(FactFigureField),
        required=True,
        metadata={
            "description": "The figures, unrounded.",
            "example": [{"name": "yoy_pct", "value": -0.0839, "unit": "%", "row": None}],
        },
    )
    link = string_field(
        "URL of the request that returns the figures.",
        "/v1/series?reporter=JPN&flow=X&period=2024-01&currency=USD",
        required=True,
    )

"""The schema of a fact that a headline leaves out."""

from marshmallow import Schema, fields

from service.api.contract.fields import string_field

FACT_KINDS = (
    *("in_other_currency", "base_effect", "calendar", "largest_mover", "largest_opposite_mover", "other_flow"),
    *("reliability", "price_and_quantity", "partner_figures", "measure"),
)


class FactFigureField(Schema):
    """A figure that supports an omitted fact (see `OmittedFact`)."""

    name = string_field("Column of the figure in the row at `link`, or its name where it is computed.", "yoy_pct")
    value = fields.Raw(
        required=True, metadata={"description": "The figure: a number, or a day as text.", "example": -0.0839}
    )
    unit = string_field("Unit: a currency, `%`, `days`, `date`, `periods`, or the unit of a quantity.", "%")
    row = string_field("Key of the row with the figure. Null where there is only one row.", None, nullable=True)


class OmittedFact(Schema):
    """A fact that a headline about a figure usually omits, such as the growth in another currency.

    Facts are the rows of /v1/omitted, and parts of the responses of checks and briefings.
    """

    kind = string_field("Kind of the fact.", "in_other_currency", enum=list(FACT_KINDS), required=True)
    sentence = string_field(
        "The fact in plain English.",
        "In US dollars, exports in January 2024 were down 0.1% from a year earlier, against up 11.9% in yen.",
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

"""Parameters and rows of /v1/indicators."""

from marshmallow import Schema

from service.api.contract.fields import AnnotationSource, float_field, integer_field, string_field
from service.api.parameters.common import PresentationParams
from service.api.parameters.types import CalendarDate, Periods, Text
from service.models import INDICATOR_KINDS


class OneIndicatorParams(PresentationParams):
    """Parameters of /v1/indicators/{code}."""

    as_of = CalendarDate(
        metadata={
            "description": "Only figures published by this day; by default today.",
            "examples": ["2024-02-28"],
        }
    )


class IndicatorsParams(OneIndicatorParams):
    """Parameters of /v1/indicators."""

    reporter = Text(metadata={"description": "Only figures about the trade of this reporter.", "examples": ["JPN"]})
    partner = Text(metadata={"description": "Only figures about trade with this partner.", "examples": ["CHN"]})
    topic = Text(
        metadata={"description": "Only figures of this topic, as in the column `topic`.", "examples": ["investment"]}
    )
    period = Periods(
        metadata={
            "description": "Only figures for periods that overlap these: `2023`, `2023-Q4`, a list, a range.",
            "examples": ["2023"],
        }
    )


class IndicatorFields(Schema):
    """Fields of a figure, without its source."""

    figure = string_field("Code of the figure, unique.", "jccic-2024-01-investment-kept-or-raised", required=True)
    indicator = string_field(
        "Code of the indicator; all answers to one question have the same.", "jccic-2024-01-investment"
    )
    title = string_field(
        "Subject of the question or measurement.",
        "Investment of Japanese companies in China in 2023 against the year before",
    )
    place = integer_field("Position of the figure within the indicator, from 1.", 5)
    label = string_field("Label of the figure; for a survey the answer.", "kept or raised")
    value = float_field("The figure, in units of `unit`.", 53, nullable=False)
    unit = string_field("Unit of `value`; `%` is percent.", "%")
    kind = string_field(
        "`survey` for answers of respondents, `context` for other measurements.",
        "survey",
        enum=list(INDICATOR_KINDS),
    )
    topic = string_field("Topic, one word.", "investment")
    reporter = string_field("Reporter whose trade the figure is about. Null for no single one.", "JPN", nullable=True)
    partner = string_field(
        "Partner in the trade that the figure is about. Null for no single one.", "CHN", nullable=True
    )
    period = string_field("Period of the figure. Null where it has none.", "2023", nullable=True)
    published_on = string_field("Day of publication.", "2024-01-15", format="date")
    publisher = string_field("Publisher of the figure.", "Japanese Chamber of Commerce and Industry in China")
    respondents = integer_field(
        "Number of respondents. Null where it is not known, or for other than surveys.", 1713, nullable=True
    )
    note = string_field("Note on the figure. Null for none.", None, nullable=True)


class IndicatorRow(AnnotationSource, IndicatorFields):
    """One figure of a survey, or of other context."""

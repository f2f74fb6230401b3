"""What /v1/indicators takes and gives."""

from marshmallow import Schema

from service.api.contract.fields import AnnotationSource, float_field, integer_field, string_field
from service.api.parameters.common import PresentationParams
from service.api.parameters.types import CalendarDate, Periods, Text
from service.models import INDICATOR_KINDS


class OneIndicatorParams(PresentationParams):
    """Parameters of /v1/indicators/{code}."""

    as_of = CalendarDate(
        metadata={
            "description": "Only what was published by this day; by today where left out.",
            "examples": ["2024-02-28"],
        }
    )


class IndicatorsParams(OneIndicatorParams):
    """Parameters of /v1/indicators."""

    reporter = Text(
        metadata={"description": "Only figures that bear on the trade of this reporter.", "examples": ["JPN"]}
    )
    partner = Text(metadata={"description": "Only figures that bear on trade with this partner.", "examples": ["CHN"]})
    topic = Text(metadata={"description": "Only figures of this topic, as rows name it.", "examples": ["investment"]})
    period = Periods(
        metadata={
            "description": "Only figures that speak of a part of these periods: `2023`, `2023-Q4`, a list, a range.",
            "examples": ["2023"],
        }
    )


class IndicatorFields(Schema):
    """What it is, without its source."""

    figure = string_field("Code of the figure, unique.", "jccic-2024-01-investment-kept-or-raised", required=True)
    indicator = string_field(
        "Code of what it is a figure of: figures of one question have the same.", "jccic-2024-01-investment"
    )
    title = string_field(
        "What was asked or measured.", "Investment of Japanese companies in China in 2023 against the year before"
    )
    place = integer_field("Place of the figure among those of the indicator, from 1.", 5)
    label = string_field("Which figure of the indicator it is: for a survey the answer.", "kept or raised")
    value = float_field("The figure, in units of `unit`.", 53, nullable=False)
    unit = string_field("Unit of `value`; `%` is percent.", "%")
    kind = string_field(
        "`survey` what people answered, `context` anything else that was measured.",
        "survey",
        enum=list(INDICATOR_KINDS),
    )
    topic = string_field("What it is about, in a word.", "investment")
    reporter = string_field("Whose trade it bears on. Null for none in particular.", "JPN", nullable=True)
    partner = string_field("Trade with whom it bears on. Null for none in particular.", "CHN", nullable=True)
    period = string_field("The period that it speaks of. Null where it speaks of none.", "2023", nullable=True)
    published_on = string_field(
        "The day on which it was published, from which on it is known.", "2024-01-15", format="date"
    )
    publisher = string_field("Who published it.", "Japanese Chamber of Commerce and Industry in China")
    respondents = integer_field(
        "How many answered. Null where nobody was asked, or it is not known.", 1713, nullable=True
    )
    note = string_field("What else is to be known of it. Null for nothing.", None, nullable=True)


class IndicatorRow(AnnotationSource, IndicatorFields):
    """One figure of a survey, or of other context."""

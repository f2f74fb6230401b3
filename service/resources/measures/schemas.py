"""Parameters and rows of /v1/measures."""

from marshmallow import Schema, fields

from service.api.contract.fields import AnnotationSource, string_field
from service.api.parameters.common import PresentationParams
from service.api.parameters.types import CalendarDate, Choice, Periods, Text
from service.domain.flows import FLOWS
from service.models import MEASURE_KINDS


class OneMeasureParams(PresentationParams):
    """Parameters of /v1/measures/{code}."""

    as_of = CalendarDate(
        metadata={
            "description": "Only measures announced by this day; by default today.",
            "examples": ["2024-02-28"],
        }
    )


class MeasuresParams(OneMeasureParams):
    """Parameters of /v1/measures."""

    reporter = Text(
        metadata={"description": "Only measures that affect the trade of this reporter.", "examples": ["JPN"]}
    )
    partner = Text(
        metadata={
            "description": "Only measures that affect trade with this partner, by name or with all partners.",
            "examples": ["CHN"],
        }
    )
    kind = Choice(
        MEASURE_KINDS, metadata={"description": "Only measures of this kind.", "examples": ["export_control"]}
    )
    period = Periods(
        metadata={
            "description": "Only measures that were announced by the end of one of these periods and had not ended "
            "before its beginning: `2024-01`, `2023-Q4`, `2023`, a list, a range.",
            "examples": ["2024-01"],
        }
    )


class MeasureFields(Schema):
    """Fields of a measure, without its source."""

    measure = string_field("Code of the measure.", "jpn-chipmaking-equipment-2023", required=True)
    title = string_field(
        "Title of the measure.", "Export controls on 23 items of semiconductor manufacturing equipment"
    )
    reporter = string_field("Reporter whose trade the measure affects, canonical code.", "JPN")
    authority = string_field("Authority that adopted the measure.", "Ministry of Economy, Trade and Industry")
    kind = string_field("Kind of measure.", "export_control", enum=list(MEASURE_KINDS))
    flows = fields.List(
        fields.String(metadata={"enum": list(FLOWS)}),
        metadata={"description": "Flows that the measure affects.", "example": ["X"]},
    )
    announced_on = string_field("Day of the announcement.", "2023-05-23", format="date")
    in_force_on = string_field(
        "First day in force. Null while no day is set.", "2023-07-23", nullable=True, format="date"
    )
    ended_on = string_field(
        "First day no longer in force. Null while the measure has no end.", None, nullable=True, format="date"
    )
    partners = fields.List(
        fields.String(),
        metadata={
            "description": "Partners whose trade is affected, canonical codes; empty for all partners.",
            "example": [],
        },
    )
    partner_names = fields.List(
        fields.String(),
        metadata={"description": "Names of these partners, in the same order.", "example": []},
    )
    goods = fields.List(
        fields.String(),
        metadata={
            "description": "Affected commodities, `classification:code:certainty`. `exact`: the code covers the "
            "affected goods and no others; `broader`: by an official table it also covers other goods; "
            "`indicative`: no official table maps the goods to the code.",
            "example": ["JP-PC:SEMICON-MACHINERY-ETC:indicative"],
        },
    )
    mapping_note = string_field(
        "Note on the mapping of the affected goods to commodity codes. Null for none.",
        "No official table from the 23 items to codes is known.",
        nullable=True,
    )
    description = string_field("Short description of the measure. Null for none.", None, nullable=True)


class MeasureRow(AnnotationSource, MeasureFields):
    """One trade measure."""

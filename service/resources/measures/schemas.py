"""What /v1/measures takes and gives."""

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
            "description": "Only what was announced by this day; by today where left out.",
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
            "description": "Only measures that affect trade with this partner: all, or it among others.",
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
    """What it is, without its source."""

    measure = string_field("Code of the measure.", "jpn-chipmaking-equipment-2023", required=True)
    title = string_field("What it is.", "Export controls on 23 items of semiconductor manufacturing equipment")
    reporter = string_field("Whose trade it affects, canonical code.", "JPN")
    authority = string_field("Who took it.", "Ministry of Economy, Trade and Industry")
    kind = string_field("What kind of measure it is.", "export_control", enum=list(MEASURE_KINDS))
    flows = fields.List(
        fields.String(metadata={"enum": list(FLOWS)}),
        metadata={"description": "Flows that it affects.", "example": ["X"]},
    )
    announced_on = string_field(
        "The day on which it was announced, from which on it is known.", "2023-05-23", format="date"
    )
    in_force_on = string_field(
        "The first day on which it was in force. Null while none is set.", "2023-07-23", nullable=True, format="date"
    )
    ended_on = string_field(
        "The first day on which it no longer was in force. Null while it is.", None, nullable=True, format="date"
    )
    partners = fields.List(
        fields.String(),
        metadata={
            "description": "Partners trade with whom it affects, canonical codes; empty for all.",
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
            "description": "Commodities that stand for the goods which it affects, `classification:code:certainty`. "
            "`exact`: the code is these goods; `broader`: by an official table it holds them beside others; "
            "`indicative`: no official table says so.",
            "example": ["JP-PC:SEMICON-MACHINERY-ETC:indicative"],
        },
    )
    mapping_note = string_field(
        "What is to be known of how its goods were mapped to codes. Null for nothing.",
        "No official table from the 23 items to codes is known.",
        nullable=True,
    )
    description = string_field("What it does, in a few words. Null where the title says it all.", None, nullable=True)


class MeasureRow(AnnotationSource, MeasureFields):
    """One trade measure."""

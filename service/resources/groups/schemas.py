"""Parameters and rows of /v1/groups."""

from marshmallow import Schema

from service.api.contract.fields import string_field, string_list_field
from service.api.parameters.common import PresentationParams
from service.api.parameters.types import CalendarDate


class GroupsParams(PresentationParams):
    """Parameters of /v1/groups."""

    as_of = CalendarDate(
        metadata={"description": "Day of the membership; the present day by default.", "examples": ["2019-06-30"]}
    )


class GroupRow(Schema):
    """One group with its members on a day."""

    group = string_field("Code of the group, to be used as `partner`.", "ASEAN", required=True)
    name = string_field("Name of the group.", "Association of Southeast Asian Nations")
    on = string_field("Day of the membership.", "2024-01-31", format="date")
    members = string_list_field("Codes of the members on the day `on`. In CSV separated by semicolons.", ["BRN"])
    history = string_list_field(
        "All memberships, past and present, as `CODE start/end`. The end is exclusive; a present member has none.",
        ["GBR 1973-01-01/2020-02-01"],
    )
    published_compositions = string_list_field(
        "Members of the group in the figures that a source prints for it, as `SOURCE: start/end CODE CODE`. The end is "
        "exclusive; the present composition has none. The first start of a source is that of the figures in which the "
        "composition was found. Empty where no source is known to print the group.",
        ["US Census Bureau: 2013-01-01/ CAN MEX"],
    )

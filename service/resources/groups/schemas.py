"""What /v1/groups takes and gives."""

from marshmallow import Schema

from service.api.contract.fields import text, texts
from service.api.parameters.common import AnswerParams
from service.api.parameters.types import Day


class GroupsParams(AnswerParams):
    """Parameters of /v1/groups."""

    as_of = Day(metadata={"description": "Members on this day; today's where left out.", "examples": ["2019-06-30"]})


class GroupRow(Schema):
    """One group with its members on a day."""

    group = text("Code of the group, to be used as `partner`.", "ASEAN", required=True)
    name = text("Name of the group.", "Association of Southeast Asian Nations")
    on = text("The day on which these were the members.", "2024-01-31", format="date")
    members = texts("Codes of the members on that day. In CSV separated by semicolons.", ["BRN"])
    history = texts(
        "Every membership that ended or began after another, `CODE from/to`, the end exclusive.",
        ["GBR 1973-01-01/2020-02-01"],
    )

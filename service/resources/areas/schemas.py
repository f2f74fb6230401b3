"""Parameters and rows of /v1/areas."""

from marshmallow import Schema

from service.api.contract.fields import string_field, string_list_field
from service.api.parameters.common import PresentationParams
from service.api.parameters.types import CalendarDate, Choice, Text
from service.models import AREA_KINDS


class AreasParams(PresentationParams):
    """Parameters of /v1/areas."""

    search = Text(
        metadata={
            "description": "Only areas with this text in their name or in an alias, or with exactly this code; case, "
            "accents and punctuation are ignored.",
            "examples": ["korea"],
        }
    )
    kind = Choice(AREA_KINDS, metadata={"description": "Only areas of this kind.", "examples": ["country"]})
    as_of = CalendarDate(
        metadata={"description": "Day of the memberships in `groups`. Default: today.", "examples": ["2019-06-30"]}
    )


class AreaRow(Schema):
    """One area."""

    code = string_field("Canonical code, to be used as `reporter` or `partner`.", "BLX", required=True)
    name = string_field("Name of the area.", "Belgium-Luxembourg")
    aliases = string_list_field("Other names that requests may use.", ["Belgium and Luxembourg"])
    kind = string_field("Kind of the area.", "country", enum=list(AREA_KINDS))
    iso2 = string_field("ISO 3166-1 alpha-2 code. Null where there is none.", None, nullable=True)
    m49 = string_field("M49 code, 3 digits. Null where there is none.", "058", nullable=True)
    valid_from = string_field("First day of the area. Null where it is not known.", None, nullable=True, format="date")
    valid_to = string_field(
        "First day on which the area no longer exists. Null while it exists.",
        "1999-01-01",
        nullable=True,
        format="date",
    )
    successors = string_list_field(
        "Areas that a former area was divided into or merged into, as `CODE day`: the first day on which sources "
        "report the successor.",
        ["BEL 1999-01-01", "LUX 1999-01-01"],
    )
    source_codes = string_list_field("Codes of sources for the area, as `scheme:code`.", ["comtrade:58"])
    groups = string_list_field("Groups that the area is a member of on the day of `as_of`.", [])

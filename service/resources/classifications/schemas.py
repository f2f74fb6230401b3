"""Parameters and rows of /v1/classifications."""

from marshmallow import Schema

from service.api.contract.fields import integer_field, string_field
from service.api.parameters.common import PresentationParams
from service.api.parameters.types import Levels, Text


class ClassificationsParams(PresentationParams):
    """Parameters of /v1/classifications."""


class ClassificationRow(Schema):
    """One edition of a classification."""

    classification = string_field("Code of the edition.", "H6", required=True)
    family = string_field("Classification of which this is an edition.", "HS")
    name = string_field("Name of the edition.", "Harmonized System 2022")
    valid_from = string_field("First day in use. Null where unknown.", "2022-01-01", nullable=True, format="date")
    valid_to = string_field("First day no longer in use. Null while in use.", None, nullable=True, format="date")
    codes = integer_field("Number of its commodities.", 6940)


class CodesParams(PresentationParams):
    """Parameters of /v1/classifications/{code}."""

    level = Levels(
        metadata={"description": "Levels to return, comma separated; all levels by default.", "examples": ["1,2"]}
    )
    parent = Text(metadata={"description": "Only children of this code.", "examples": ["MACHINERY"]})
    search = Text(
        metadata={
            "description": "Only commodities with this text in their name, or at the beginning of their code.",
            "examples": ["circuits"],
        }
    )


class CodeRow(Schema):
    """One commodity of a classification."""

    code = string_field("Code, to be used as `commodity`.", "8542", required=True)
    name = string_field("Name of the commodity.", "Electronic integrated circuits")
    level = integer_field("Level of the commodity; 0 is the total.", 4)
    parent = string_field("Code of the parent commodity. Null for the total.", "85", nullable=True)

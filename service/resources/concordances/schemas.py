"""Parameters and rows of /v1/concordances."""

from marshmallow import Schema

from service.api.contract.fields import string_field
from service.api.parameters.common import PresentationParams
from service.api.parameters.types import CommaSeparated, Text
from service.domain.concordance import RELATIONS


class ConcordancesParams(PresentationParams):
    """Parameters of /v1/concordances."""

    classification = Text(
        required=True,
        metadata={"description": "Edition of the codes, as listed by /v1/classifications.", "example": "H5"},
    )
    target = Text(
        metadata={
            "description": "Edition of `target_code`, older or newer. Default: the edition after `classification`, or "
            "the one before it for the newest.",
            "examples": ["H6"],
        }
    )
    commodity = CommaSeparated(
        metadata={
            "description": "Only these codes of `classification`, comma separated; a heading or a chapter means its "
            "subheadings.",
            "examples": ["620111"],
        }
    )


class ConcordanceRow(Schema):
    """Two codes of different editions with commodities in common."""

    classification = string_field("Edition of `code`.", "H5", required=True)
    code = string_field("Code of a subheading in `classification`.", "620111", required=True)
    target = string_field("Edition of `target_code`.", "H6", required=True)
    target_code = string_field("Code of a subheading in `target`.", "620120", required=True)
    relation = string_field(
        "Kind of relation: `1:1`, both have the same commodities; `n:1`, several codes became `target_code`; `1:n`, "
        "`target_code` is a part of `code`; `n:n`, any other.",
        "n:1",
        enum=list(RELATIONS),
    )

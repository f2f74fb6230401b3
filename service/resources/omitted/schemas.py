"""Parameters of /v1/omitted."""

from service.api.parameters.single_figure import SingleFigureParams, check_one_code
from service.api.parameters.types import CommaSeparated, Text


class OmittedParams(SingleFigureParams):
    """Parameters of /v1/omitted: one series in one period."""

    flow = CommaSeparated(
        ("X", "M"),
        load_default=("X",),
        validate=check_one_code,
        metadata={"description": "`X` exports or `M` imports.", "example": "X"},
    )
    named = CommaSeparated(
        load_default=(),
        metadata={
            "description": "Codes of partners and commodities that the headline names already, comma separated: they "
            "are not repeated as movers.",
            "examples": ["USA"],
        },
    )
    dataset = Text(metadata={"description": "Code of the dataset.", "examples": ["jpn-pc-m-demo"]})

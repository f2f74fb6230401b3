"""Parameters of the resources that explain one figure."""

from marshmallow import Schema

from service.api.parameters.common import LATEST_PERIOD
from service.api.parameters.types import AreaList, CalendarDate, Choice, CommaSeparated, Periods, Text
from service.domain.frequencies import MONTHS_PER_PERIOD


class SingleFigureParams(Schema):
    """Parameters of one figure except its flow, whose values depend on the resource."""

    reporter = Text(required=True, metadata={"description": "Reporter, by code.", "example": "JPN"})
    partner = AreaList(
        load_default=("WLD",), metadata={"description": "One partner, by code; `WLD` is the World.", "example": "CHN"}
    )
    commodity = CommaSeparated(
        load_default=("TOTAL",),
        metadata={"description": "Code of one commodity; `TOTAL` is all together.", "examples": ["TOTAL"]},
    )
    period = Periods(
        load_default=LATEST_PERIOD,
        metadata={
            "default": "latest",
            "description": "One period: `2024-01`, `2023-Q4`, `2023-H2`, `2023`, or `latest`.",
            "example": "2024-01",
        },
    )
    frequency = Choice(
        tuple(MONTHS_PER_PERIOD),
        load_default=None,
        metadata={
            "description": "`M` months, `Q` quarters, `H` half-years, `A` years. Default: the finest that is loaded.",
            "examples": ["M"],
        },
    )
    classification = Text(metadata={"description": "Classification of commodities.", "examples": ["JP-PC"]})
    as_of = CalendarDate(
        metadata={"description": "Day as of which figures were known. Default: today.", "examples": ["2024-02-28"]}
    )

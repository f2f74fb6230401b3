"""Parameters of the resources that explain one figure."""

from collections.abc import Sequence

from marshmallow import Schema

from service.api.parameters.common import LATEST_PERIOD
from service.api.parameters.types import AreaList, CalendarDate, Choice, CommaSeparated, Periods, Text, invalid_value
from service.domain.frequencies import CALENDAR_FREQUENCIES
from service.domain.periods import PeriodRange

ALL_CODES = ("all",)


def check_one_code(codes: Sequence[str]) -> None:
    """Check that a list parameter has exactly one code.

    :raises ValidationError: the list has several codes, or is the word `all`.
    """
    if len(codes) != 1 or codes == ALL_CODES:
        raise invalid_value("it should be one code", *(code for code in codes[:3] if codes != ALL_CODES))


def check_one_period(ranges: Sequence[PeriodRange]) -> None:
    """Check that a list parameter has exactly one period.

    :raises ValidationError: the list has several periods, a range of periods, or the word `all`.
    """
    if len(ranges) != 1 or ranges[0].start is None or ranges[0].start != ranges[0].end:
        raise invalid_value("it should be one period, such as 2024-01 or latest", "latest")


class SingleFigureParams(Schema):
    """Parameters that identify one figure, except for its flow.

    Each resource adds a flow parameter of its own, because resources allow different flows.
    """

    reporter = Text(required=True, metadata={"description": "Reporter, by code.", "example": "JPN"})
    partner = AreaList(
        load_default=("WLD",),
        validate=check_one_code,
        metadata={"description": "One partner, by code; `WLD` is the World.", "example": "CHN"},
    )
    commodity = CommaSeparated(
        load_default=("TOTAL",),
        validate=check_one_code,
        metadata={"description": "Code of one commodity; `TOTAL` is all together.", "examples": ["TOTAL"]},
    )
    period = Periods(
        load_default=LATEST_PERIOD,
        validate=check_one_period,
        metadata={
            "default": "latest",
            "description": "One period: `2024-01`, `2023-Q4`, `2023-H2`, `2023`, or `latest`.",
            "example": "2024-01",
        },
    )
    frequency = Choice(
        CALENDAR_FREQUENCIES,
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

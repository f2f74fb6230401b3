"""What /v1/commodities takes and gives."""

from service.api.contract.fields import (
    Figure,
    Growth,
    Labels,
    SeriesKey,
    Shares,
    float_field,
    integer_field,
    string_field,
)
from service.api.parameters.common import LevelParam, PartnerParam, ResidualParam, TradeParams
from service.api.parameters.types import CommaSeparated


class OneCommodityParams(PartnerParam, TradeParams):
    """Parameters of /v1/commodities/{code}."""


class CommoditiesParams(ResidualParam, LevelParam, OneCommodityParams):
    """Parameters of /v1/commodities."""

    commodity = CommaSeparated(
        load_default=("all",),
        metadata={
            "description": "Commodities to show, comma separated; `all` every one of `level`.",
            "examples": ["IC"],
        },
    )


class CommodityRow(Shares, Growth, Figure, Labels, SeriesKey):
    """One commodity in one period, with its place within its level."""

    level = integer_field(
        "Level of the commodity in the classification; 0 is the total. Null in the rows of `residual`.",
        2,
        nullable=True,
    )
    parent = string_field("Code of the commodity that it is a part of. Null for the total.", "MACHINERY", nullable=True)
    rank = integer_field(
        "Place by value among the commodities of its level. Null in the rows of `residual`.",
        1,
        nullable=True,
    )
    rank_base = integer_field(
        "Place a year before. Null where there was no trade or it was not published.", 1, nullable=True
    )
    hhi = float_field(
        "Herfindahl-Hirschman index of the commodities of the level in the period: the sum of their squared shares "
        "in the sum of them all, 0 to 1. Null unless `hhi_status` is `ok`.",
        0.08,
    )
    hhi_status = string_field(
        "`ok`, or `incomplete_breakdown` where the ranked figures do not add up to the total. Null where there is no "
        "rank.",
        "ok",
        nullable=True,
    )
    hhi_counted = integer_field(
        "How many commodities the index counts. Null where there is no rank.", 19, nullable=True
    )

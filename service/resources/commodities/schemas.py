"""Parameters and rows of /v1/commodities."""

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
from service.api.parameters.common import ChartParams, LevelParam, PartnerParam, ResidualParam, TradeParams
from service.api.parameters.types import CommaSeparated


class OneCommodityParams(PartnerParam, TradeParams):
    """Parameters of /v1/commodities/{code}."""


class CommoditiesParams(ChartParams, ResidualParam, LevelParam, OneCommodityParams):
    """Parameters of /v1/commodities."""

    commodity = CommaSeparated(
        load_default=("all",),
        metadata={
            "description": "Commodities to return, comma separated; `all` for every commodity of `level`.",
            "examples": ["IC"],
        },
    )


class CommodityRow(Shares, Growth, Figure, Labels, SeriesKey):
    """One commodity in one period, with its rank within its level."""

    level = integer_field(
        "Level of the commodity in the classification; 0 is the total. Null in residual rows.", 2, nullable=True
    )
    parent = string_field("Code of the parent commodity. Null for the total.", "MACHINERY", nullable=True)
    rank = integer_field(
        "Rank by value among the commodities of its level. Null in residual rows.",
        1,
        nullable=True,
    )
    rank_base = integer_field(
        "Rank a year earlier, among the codes of that period. Null where there was no trade, it was not published, or "
        "another edition of the classification has no such code.",
        1,
        nullable=True,
    )
    rank_count = integer_field(
        "Number of commodities that are ranked together. Null where there is no rank.", 19, nullable=True
    )
    rank_status = string_field(
        "`ok`, or `incomplete_breakdown` where parts of the total are in no ranked figure, so that ranks may differ "
        "from those of all trade. Null where there is no rank.",
        "ok",
        nullable=True,
    )
    hhi = float_field(
        "Herfindahl-Hirschman index of the commodities of the level in the period, 0 to 1: the sum of their squared "
        "shares in their total. Null unless `hhi_status` is `ok`.",
        0.08,
    )
    hhi_status = string_field(
        "`ok`, or `incomplete_breakdown` where the ranked figures do not add up to the total. Null where there is no "
        "rank.",
        "ok",
        nullable=True,
    )
    hhi_counted = integer_field("Number of commodities in the index. Null where there is no rank.", 19, nullable=True)

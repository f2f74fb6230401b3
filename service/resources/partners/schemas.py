"""Parameters and rows of /v1/partners."""

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
from service.api.parameters.common import ChartParams, CommodityParam, LevelParam, ResidualParam, TradeParams
from service.api.parameters.types import AreaList


class OnePartnerParams(LevelParam, CommodityParam, TradeParams):
    """Parameters of /v1/partners/{code}."""


class PartnersParams(ChartParams, ResidualParam, OnePartnerParams):
    """Parameters of /v1/partners."""

    partner = AreaList(
        load_default=("all",),
        metadata={
            "description": "Partners to return, comma separated; `all` for every single country and area. "
            "Ranks are always among all of them.",
            "examples": ["CHN,USA"],
        },
    )


class PartnerRow(Shares, Growth, Figure, Labels, SeriesKey):
    """One partner in one period, with its rank among all partners."""

    rank = integer_field("Rank by value among all single partners. Null for groups and the World.", 2, nullable=True)
    rank_base = integer_field(
        "Rank a year earlier. Null where there was no trade, it was not published, or another edition of the "
        "classification has no such code.",
        2,
        nullable=True,
    )
    rank_count = integer_field(
        "Number of partners that are ranked together. Null where there is no rank.", 19, nullable=True
    )
    rank_status = string_field(
        "`ok`, or `incomplete_breakdown` where parts of the total are in no ranked figure, so that ranks may differ "
        "from those of all trade. Null where there is no rank.",
        "ok",
        nullable=True,
    )
    hhi = float_field(
        "Herfindahl-Hirschman index of all single partners in the period, 0 to 1: the sum of their squared shares "
        "in their total. Null unless `hhi_status` is `ok`.",
        0.08,
    )
    hhi_status = string_field(
        "`ok`, or `incomplete_breakdown` where the ranked figures do not add up to the total. Null where there is no "
        "rank.",
        "ok",
        nullable=True,
    )
    hhi_counted = integer_field("Number of partners in the index. Null where there is no rank.", 19, nullable=True)

"""What /v1/commodities takes and gives."""

from service.api.fields import Words
from service.api.params import LevelParam, PartnerParam, TradeParams
from service.api.schemas import Figure, Growth, Labels, SeriesKey, Shares, text, whole


class OneCommodityParams(PartnerParam, TradeParams):
    """Parameters of /v1/commodities/{code}."""


class CommoditiesParams(LevelParam, OneCommodityParams):
    """Parameters of /v1/commodities."""

    commodity = Words(
        load_default=("all",),
        metadata={
            "description": "Commodities to show, comma separated; `all` every one of `level`.",
        },
    )


class CommodityRow(Shares, Growth, Figure, Labels, SeriesKey):
    """One commodity in one period, with its place within its level."""

    level = whole("Level of the commodity in the classification; 0 is the total.", 2)
    parent = text("Code of the commodity that it is a part of. Null for the total.", "MACHINERY", nullable=True)
    rank = whole("Place by value among the commodities of its level.", 1, nullable=True)
    rank_base = whole("Place a year before. Null where there was no trade or it was not published.", 1, nullable=True)

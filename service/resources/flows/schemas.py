"""What /v1/flows takes and gives."""

from service.api.params import CommodityParam, LevelParam, PartnerParam, TradeParams
from service.api.schemas import Figure, Growth, Labels, SeriesKey, Shares


class FlowsParams(LevelParam, CommodityParam, PartnerParam, TradeParams):
    """Parameters of /v1/flows."""


class FlowRow(Shares, Growth, Figure, Labels, SeriesKey):
    """One figure with its growth, its share and its contribution."""

"""Parameters and rows of /v1/flows."""

from service.api.contract.fields import Figure, Growth, Labels, SeriesKey, Shares
from service.api.parameters.common import CommodityParam, ExplorerParams, LevelParam, PartnerParam, TradeParams


class FlowsParams(ExplorerParams, LevelParam, CommodityParam, PartnerParam, TradeParams):
    """Parameters of /v1/flows."""


class FlowRow(Shares, Growth, Figure, Labels, SeriesKey):
    """One figure with its growth, its share in the total, and its contribution to the growth of the total."""

"""Parameters and rows of /v1/revisions."""

from service.api.contract.fields import (
    MONETARY,
    Figure,
    Growth,
    Labels,
    SeriesKey,
    Shares,
    float_field,
    integer_field,
    string_field,
)
from service.api.parameters.common import CommodityParam, ExplorerParams, LevelParam, PartnerParam, TradeParams


class RevisionsParams(ExplorerParams, LevelParam, CommodityParam, PartnerParam, TradeParams):
    """Parameters of /v1/revisions."""


class RevisionRow(Shares, Growth, Figure, Labels, SeriesKey):
    """A figure with its growth, as known since a day on which either of them changed."""

    known_from = string_field("First day on which the figure and its growth were known.", "2024-02-28", format="date")
    revision = integer_field(
        "Value minus the value known before, in `currency`. Null where there was none, or where either value is null.",
        0,
        nullable=True,
        **MONETARY,
    )
    revision_pct = float_field("`revision` in percent of the value known before. Null where that is not above 0.", 0.0)
    yoy_revision_pp = float_field(
        "`yoy_pct` minus the `yoy_pct` known before, in percentage points. Null where either is null.", 0.0
    )
    mean_abs_revision_pct = float_field(
        "Mean of the absolute values of `revision_pct` over the requested periods of the series, in percent. "
        "Null where there was no revision.",
        0.0,
    )
    largest_abs_revision_pct = float_field(
        "Maximum of the absolute values of `revision_pct` over the same periods, in percent. "
        "Null where there was no revision.",
        0.0,
    )

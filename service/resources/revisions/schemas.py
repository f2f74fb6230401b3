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
        "Value minus the value known before, in `currency`. Null where there was none, where either value is null, or "
        "where a month of the period was not published.",
        0,
        nullable=True,
        **MONETARY,
    )
    revision_pct = float_field(
        "`revision` in percent of the value known before. Null where `revision` is null or that value is not above 0.",
        0.0,
    )
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
    revision_mean_pct = float_field(
        "Mean of the latest value minus the first published one, in percent of the latter, over the requested periods "
        "of the series that were published at least twice: how far first figures are too low (above 0) or too high. "
        "Null without such periods.",
        0.0,
    )
    revision_mean_abs_pct = float_field(
        "Mean of the absolute values of the same, in percent: how far a first figure can be trusted. Null without any.",
        0.0,
    )
    revision_max_abs_pct = float_field("Maximum of the absolute values of the same, in percent. Null without any.", 0.0)
    revision_count = integer_field("Number of periods in these statistics: 0 where each was published only once.", 1)
    revision_up_share_pct = float_field(
        "Share of the periods whose latest value is above the first published one, in percent. Null without any.", 0.0
    )

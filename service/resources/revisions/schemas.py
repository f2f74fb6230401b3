"""What /v1/revisions takes and gives."""

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
from service.api.parameters.common import CommodityParam, LevelParam, PartnerParam, TradeParams


class RevisionsParams(LevelParam, CommodityParam, PartnerParam, TradeParams):
    """Parameters of /v1/revisions."""


class RevisionRow(Shares, Growth, Figure, Labels, SeriesKey):
    """A figure with its growth, as known from a day on which either of them changed."""

    known_from = string_field("The day from which on this was known.", "2024-02-28", format="date")
    revision = integer_field(
        "Value minus the value known before, in `currency`. Null where there was none, or either is.",
        0,
        nullable=True,
        **MONETARY,
    )
    revision_pct = float_field("`revision` in percent of the value known before. Null where that is not above 0.", 0.0)
    yoy_revision_pp = float_field("`yoy_pct` minus the one known before, in points. Null where either is.", 0.0)
    mean_abs_revision_pct = float_field(
        "Mean of the sizes of all `revision_pct` of the series, over its periods asked for, in percent. "
        "Null where there was none.",
        0.0,
    )
    largest_abs_revision_pct = float_field("The largest of them, in percent. Null where there was none.", 0.0)

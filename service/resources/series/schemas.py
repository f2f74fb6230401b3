"""What /v1/series takes and gives."""

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


class SeriesParams(LevelParam, CommodityParam, PartnerParam, TradeParams):
    """Parameters of /v1/series."""


class SeriesRow(Shares, Growth, Figure, Labels, SeriesKey):
    """One period of a series; a period that was not published has a null value."""

    ytd_value = integer_field(
        "January to this period of the same year, in `currency`. Null where a month of it is missing.",
        1250314515000,
        nullable=True,
        **MONETARY,
    )
    ytd_pct = float_field(
        "Growth of `ytd_value` over the same months of the year before, in percent. Null unless both are complete.",
        29.2195,
    )
    r12_value = integer_field(
        "The last 12 months, in `currency`. Null where one of them is missing.",
        18046966000000,
        nullable=True,
        **MONETARY,
    )
    r12_pct = float_field(
        "Growth of `r12_value` over the 12 months before, in percent. Null unless both are complete.", None
    )
    jan_feb_pct = float_field(
        "Growth of January and February together, in the row of February, in percent: the Lunar New Year moves "
        "between the two. Null in other months.",
        None,
    )
    streak_direction = string_field(
        "`up`, `down` or `flat`: the sign of `yoy_change`. Null where there is no base, or both ends are zero.",
        "up",
        nullable=True,
    )
    streak_length = integer_field(
        "Consecutive periods up to this one, without a gap, whose `yoy_change` has that sign. "
        "Null where there is no base.",
        2,
        nullable=True,
    )
    cagr_pct = float_field(
        "Compound annual growth since the first requested period, in percent a year. Null unless both periods are "
        "complete, both values are above zero, and a whole number of years lies between them.",
        None,
    )

"""Parameters and rows of /v1/series."""

from service.analytics.measures.growth import GROWTH_STATUSES
from service.api.contract.fields import (
    MONETARY,
    Figure,
    Growth,
    Labels,
    SeriesKey,
    Shares,
    decimal_field,
    float_field,
    integer_field,
    string_field,
)
from service.api.parameters.common import ChartParams, CommodityParam, LevelParam, PartnerParam, TradeParams


class SeriesParams(ChartParams, LevelParam, CommodityParam, PartnerParam, TradeParams):
    """Parameters of /v1/series."""


class SeriesRow(Shares, Growth, Figure, Labels, SeriesKey):
    """One period of a series; a period that was not published has a null value."""

    ytd_value = integer_field(
        "Sum from January to this period of the same year, in `currency`. Null where a month is missing.",
        1250314515000,
        nullable=True,
        **MONETARY,
    )
    ytd_pct = float_field(
        "Growth of `ytd_value` over the same months a year earlier, in percent. Null unless both are complete.",
        29.2195,
    )
    fytd_value = integer_field(
        "Sum from the first month of the reporter's fiscal year (Japan: April) to this period, in `currency`. Null "
        "where a month is missing, and where the fiscal year begins within a period.",
        12506843541000,
        nullable=True,
        **MONETARY,
    )
    fytd_pct = float_field(
        "Growth of `fytd_value` over the same months of the previous fiscal year, in percent. Null unless both are "
        "complete.",
        None,
    )
    r12_value = integer_field(
        "Sum of the last 12 months, in `currency`. Null where one of them is missing.",
        18046966000000,
        nullable=True,
        **MONETARY,
    )
    r12_pct = float_field(
        "Growth of `r12_value` over the 12 months before, in percent. Null unless both are complete.", None
    )
    jan_feb_pct = float_field(
        "Growth of the sum of January and February, in the row of February, in percent. The Lunar New Year falls in "
        "either month. Null in other months.",
        None,
    )
    two_year_pct = float_field(
        "Growth over the same period two years before, in percent; an unusual year between does not affect it. "
        "Null unless `two_year_status` is `ok`.",
        None,
    )
    two_year_annual_pct = float_field(
        "Constant growth a year that gives `two_year_pct`, in percent a year. Null unless `two_year_status` is `ok`, "
        "and where `value` is below zero.",
        None,
    )
    two_year_status = string_field(
        "`ok`, or the reason why there is no `two_year_pct`: as `yoy_status`, of the period two years before.",
        "base_missing",
        enum=list(GROWTH_STATUSES),
    )
    unit_value = decimal_field(
        "Value for one unit of quantity, in `currency` per `quantity_unit`. A unit value is not a price: it also "
        "changes with the mix of goods. Null where there is no quantity above zero, or parts of the value are unknown.",
        None,
    )
    unit_value_yoy_pct = float_field(
        "Growth of `unit_value` from a year earlier, in percent. Null unless `yoy_status` is `ok` and both quantities "
        "are above zero, in the same unit.",
        None,
    )
    quantity_yoy_pct = float_field(
        "Growth of `quantity` from a year earlier, in percent. Null as `unit_value_yoy_pct`.", None
    )
    unit_value_effect_pp = float_field(
        "Points of `yoy_pct` from the change of the unit value, at the quantity a year earlier. Null as "
        "`unit_value_yoy_pct`.",
        None,
    )
    quantity_effect_pp = float_field(
        "Points of `yoy_pct` from the change of the quantity, at the unit value a year earlier. Null as "
        "`unit_value_yoy_pct`.",
        None,
    )
    interaction_pp = float_field(
        "Points of `yoy_pct` from both changes together. Before rounding it adds up to `yoy_pct` with "
        "`unit_value_effect_pp` and `quantity_effect_pp`. Null as `unit_value_yoy_pct`.",
        None,
    )
    streak_direction = string_field(
        "`up`, `down` or `flat`: the sign of `yoy_change`. Null where there is no base, or both ends are zero.",
        "up",
        nullable=True,
    )
    streak_length = integer_field(
        "Number of consecutive periods, this one included, whose `yoy_change` has the same sign. A gap ends the "
        "streak. Null where there is no base.",
        2,
        nullable=True,
    )
    cagr_pct = float_field(
        "Compound annual growth since the first requested period, in percent a year. Null unless both periods are "
        "complete, both values are above zero, and a whole number of years lies between them.",
        None,
    )

"""Parameters and rows of /v1/balances."""

from marshmallow import Schema, fields

from service.analytics.measures.balance import TRANSITIONS
from service.analytics.measures.growth import GROWTH_STATUSES
from service.api.contract.fields import (
    FREQUENCY_DESCRIPTION,
    GROUP_BASIS,
    GROUP_COMPOSITION,
    MEMBERS_COUNT,
    MEMBERS_MISSING,
    MONETARY,
    Labels,
    decimal_field,
    float_field,
    integer_field,
    string_field,
)
from service.api.parameters.common import (
    ChartParams,
    CommodityParam,
    CompositionParam,
    FigureQueryParams,
    LevelParam,
    PartnerParam,
    ResidualParam,
)
from service.domain.frequencies import MONTHS_PER_PERIOD


class BalancesParams(
    ChartParams, ResidualParam, LevelParam, CommodityParam, PartnerParam, CompositionParam, FigureQueryParams
):
    """Parameters of /v1/balances."""


class BalanceRow(Labels, Schema):
    """Exports, imports and balance of one period, and the change of the balance."""

    reporter = string_field("Reporter, canonical code.", "JPN", required=True)
    partner = string_field("Partner, canonical code; `WLD` is the World.", "WLD", required=True)
    commodity = string_field(
        "Code of the commodity in `classification`; `TOTAL` is all commodities.", "TOTAL", required=True
    )
    classification = string_field("Edition of the classification of `commodity`.", "JP-PC", required=True)
    frequency = string_field(FREQUENCY_DESCRIPTION, "M", enum=list(MONTHS_PER_PERIOD), required=True)
    period = string_field("The period, `2024-01`, `2023-Q4`, `2023-H2` or `2023`.", "2024-01", required=True)
    currency = string_field("Currency of all values in the row, ISO 4217.", "JPY")
    reported_currency = string_field("Currency in which the source reports, ISO 4217.", "JPY")
    exchange_rate = decimal_field(
        "Exchange rate of the conversion: units of `currency` for one of `reported_currency`; for sums of months the "
        "effective rate of both flows together. Null where values are in the reported currency, or where there is no "
        "rate.",
        None,
    )
    exports_value = integer_field(
        "Exports, in `currency`. Null where missing or suppressed.", 7332754388000, nullable=True, **MONETARY
    )
    exports_is_lower_bound = fields.Boolean(
        metadata={
            "description": "`true` where parts of exports are suppressed or missing; there is then no balance.",
            "example": False,
        }
    )
    exports_valuation = string_field("Valuation of exports.", "FOB")
    exports_yoy_pct = float_field(
        "Growth of exports from a year earlier in percent. Null unless the status is `ok`.", 11.9406
    )
    exports_yoy_status = string_field(
        "`ok`, or the reason why there is no growth of exports.", "ok", enum=list(GROWTH_STATUSES)
    )
    exports_release = string_field(
        "Release that first published the present figure of exports. Null for a figure that no release contains.",
        "jpn-pc-m-demo-2024-02-28",
        nullable=True,
    )
    imports_value = integer_field(
        "Imports, in `currency`. Null where missing or suppressed.", 9093094762000, nullable=True, **MONETARY
    )
    imports_is_lower_bound = fields.Boolean(
        metadata={
            "description": "`true` where parts of imports are suppressed or missing; there is then no balance.",
            "example": False,
        }
    )
    imports_valuation = string_field("Valuation of imports; in most countries it differs from that of exports.", "CIF")
    imports_yoy_pct = float_field(
        "Growth of imports from a year earlier in percent. Null unless the status is `ok`.", -9.5138
    )
    imports_yoy_status = string_field(
        "`ok`, or the reason why there is no growth of imports.", "ok", enum=list(GROWTH_STATUSES)
    )
    imports_release = string_field(
        "Release that first published the present figure of imports. Null for a figure that no release contains.",
        "jpn-pc-m-demo-2024-02-28",
        nullable=True,
    )
    balance = integer_field(
        "Exports minus imports, in `currency`, each at its own valuation; a deficit is below 0. Null where either is "
        "null.",
        -1760340374000,
        nullable=True,
        **MONETARY,
    )
    balance_base_period = string_field("The period a year earlier.", "2023-01")
    balance_base = integer_field(
        "Balance in `balance_base_period`, in `currency`. Null where it was not published.",
        -3498569539000,
        nullable=True,
        **MONETARY,
    )
    balance_change = integer_field(
        "`balance` minus `balance_base`, in `currency`. Null unless `balance_status` is `ok`.",
        1738229165000,
        nullable=True,
        **MONETARY,
    )
    balance_magnitude_pct = float_field(
        "Growth of the absolute value of the balance in percent, as Japan's Ministry of Finance publishes it: -50 for "
        "a deficit that halves. Null where the sign changes, where the base is 0, or unless `balance_status` is `ok`.",
        -49.684,
    )
    balance_transition = string_field(
        f"Direction of the change: {', '.join(TRANSITIONS)}. Null unless `balance_status` is `ok`.",
        "deficit_narrowed",
        nullable=True,
    )
    balance_status = string_field(
        "`ok`, or the reason why the balance is not compared with that a year earlier.",
        "ok",
        enum=list(GROWTH_STATUSES),
    )
    cover_ratio_pct = float_field("Exports in percent of imports. Null where there are no imports.", 80.6409)
    two_way_value = integer_field(
        "Exports plus imports, in `currency`. Null where either is null.", 16425849150000, nullable=True, **MONETARY
    )
    two_way_yoy_pct = float_field(
        "Growth of `two_way_value` in percent. Null unless `balance_status` is `ok`.", -1.0475
    )
    rank = integer_field(
        "Rank by balance among all single partners, 1 for the largest surplus. Null for groups and the World.",
        None,
        nullable=True,
    )
    period_complete = fields.Boolean(
        metadata={"description": "Whether every month of the period was published, for both flows.", "example": True}
    )
    months_covered = integer_field("Number of published months of the period.", 1)
    group_basis = GROUP_BASIS
    group_composition = GROUP_COMPOSITION
    members_count = MEMBERS_COUNT
    members_missing = MEMBERS_MISSING

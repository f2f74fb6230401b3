"""Parameters and rows of /v1/reporters."""

from marshmallow import Schema

from service.analytics.measures.growth import GROWTH_STATUSES
from service.api.contract.fields import MONETARY, float_field, integer_field, string_field
from service.api.parameters.common import PresentationParams
from service.api.parameters.types import CalendarDate


class ReportersParams(PresentationParams):
    """Parameters of /v1/reporters."""

    as_of = CalendarDate(
        metadata={"description": "State of knowledge on this day; by default today.", "examples": ["2024-01-31"]}
    )


class ReporterRow(Schema):
    """One dataset of a reporter: its coverage and its newest totals."""

    reporter = string_field("Reporter, canonical code.", "JPN")
    reporter_name = string_field("Name of the reporter.", "Japan")
    dataset = string_field("Code of the dataset.", "jpn-pc-m-demo", required=True)
    title = string_field("Title of the dataset.", "Japan: trade by principal commodity and country, monthly")
    classification = string_field("Its classification.", "JP-PC")
    frequency = string_field("`M` month, `Q` quarter, `A` year.", "M", enum=["M", "Q", "A"])
    currency = string_field("Currency of its values, ISO 4217.", "JPY")
    first_period = string_field("First published period. Null where there is none.", "2022-01", nullable=True)
    latest_period = string_field("Newest published period. Null where there is none.", "2024-01", nullable=True)
    releases = integer_field("Number of loaded releases.", 15)
    latest_release = string_field(
        "Code of the newest release. Null where there is none.", "jpn-pc-m-demo-2024-02-28", nullable=True
    )
    exports_value = integer_field(
        "Total exports of the newest period, in `currency`. Null where not published.",
        7332754140000,
        nullable=True,
        **MONETARY,
    )
    exports_yoy_pct = float_field(
        "Growth of exports from a year earlier in percent. Null unless the status is `ok`.", 11.94
    )
    exports_yoy_status = string_field(
        "`ok`, or the reason why there is no growth of exports.", "ok", enum=list(GROWTH_STATUSES)
    )
    imports_value = integer_field(
        "Total imports of the newest period, in `currency`. Null where not published.",
        9093066180000,
        nullable=True,
        **MONETARY,
    )
    imports_yoy_pct = float_field(
        "Growth of imports from a year earlier in percent. Null unless the status is `ok`.", -9.51
    )
    imports_yoy_status = string_field(
        "`ok`, or the reason why there is no growth of imports.", "ok", enum=list(GROWTH_STATUSES)
    )
    attribution = string_field(
        "Attribution that the source requires.", "Source: Trade Statistics of Japan, Ministry of Finance"
    )

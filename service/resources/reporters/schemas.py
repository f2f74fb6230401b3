"""What /v1/reporters takes and gives."""

from marshmallow import Schema

from service.analytics.measures.growth import GROWTH_STATUSES
from service.api.contract.fields import MONETARY, float_field, integer_field, string_field
from service.api.parameters.common import PresentationParams
from service.api.parameters.types import CalendarDate


class ReportersParams(PresentationParams):
    """Parameters of /v1/reporters."""

    as_of = CalendarDate(
        metadata={"description": "As known on this day; today where left out.", "examples": ["2024-01-31"]}
    )


class ReporterRow(Schema):
    """One dataset of a reporter: what it covers, and its newest totals."""

    reporter = string_field("Who reports, canonical code.", "JPN")
    reporter_name = string_field("Name of the reporter.", "Japan")
    dataset = string_field("Code of the dataset.", "jpn-pc-m-demo", required=True)
    title = string_field("What the dataset is.", "Japan: trade by principal commodity and country, monthly")
    classification = string_field("Its classification.", "JP-PC")
    frequency = string_field("`M` month, `Q` quarter, `A` year.", "M", enum=["M", "Q", "A"])
    currency = string_field("Currency of its values, ISO 4217.", "JPY")
    first_period = string_field("First period that was published. Null where none was.", "2022-11", nullable=True)
    latest_period = string_field("Newest period that was published. Null where none was.", "2024-01", nullable=True)
    releases = integer_field("How many releases are loaded.", 15)
    latest_release = string_field(
        "Code of the newest release. Null where there is none.", "jpn-pc-m-demo-2024-02-28", nullable=True
    )
    exports_value = integer_field(
        "All exports of the newest period, in `currency`. Null where not published.",
        7332754140000,
        nullable=True,
        **MONETARY,
    )
    exports_yoy_pct = float_field(
        "Their growth over the year before in percent. Null unless the status is `ok`.", 11.94
    )
    exports_yoy_status = string_field("Why there is no growth of exports, or `ok`.", "ok", enum=list(GROWTH_STATUSES))
    imports_value = integer_field(
        "All imports of the newest period, in `currency`. Null where not published.",
        9093066180000,
        nullable=True,
        **MONETARY,
    )
    imports_yoy_pct = float_field(
        "Their growth over the year before in percent. Null unless the status is `ok`.", -9.51
    )
    imports_yoy_status = string_field("Why there is no growth of imports, or `ok`.", "ok", enum=list(GROWTH_STATUSES))
    attribution = string_field(
        "How the source wants to be named.", "Source: Trade Statistics of Japan, Ministry of Finance"
    )

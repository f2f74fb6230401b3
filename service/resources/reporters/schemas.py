"""What /v1/reporters takes and gives."""

from marshmallow import Schema

from service.analytics.measures.growth import STATUSES
from service.api.contract.fields import MONEY, number, text, whole
from service.api.parameters.common import AnswerParams
from service.api.parameters.types import Day


class ReportersParams(AnswerParams):
    """Parameters of /v1/reporters."""

    as_of = Day(metadata={"description": "As known on this day; today where left out.", "examples": ["2024-01-31"]})


class ReporterRow(Schema):
    """One dataset of a reporter: what it covers, and its newest totals."""

    reporter = text("Who reports, canonical code.", "JPN")
    reporter_name = text("Name of the reporter.", "Japan")
    dataset = text("Code of the dataset.", "jpn-pc-m-demo", required=True)
    title = text("What the dataset is.", "Japan: trade by principal commodity and country, monthly")
    classification = text("Its classification.", "JP-PC")
    frequency = text("`M` month, `Q` quarter, `A` year.", "M", enum=["M", "Q", "A"])
    currency = text("Currency of its values, ISO 4217.", "JPY")
    first_period = text("First period that was published. Null where none was.", "2022-11", nullable=True)
    latest_period = text("Newest period that was published. Null where none was.", "2024-01", nullable=True)
    releases = whole("How many releases are loaded.", 15)
    latest_release = text(
        "Code of the newest release. Null where there is none.", "jpn-pc-m-demo-2024-02-28", nullable=True
    )
    exports_value = whole(
        "All exports of the newest period, in `currency`. Null where not published.",
        7332754140000,
        nullable=True,
        **MONEY,
    )
    exports_yoy_pct = number("Their growth over the year before in percent. Null unless the status is `ok`.", 11.94)
    exports_yoy_status = text("Why there is no growth of exports, or `ok`.", "ok", enum=list(STATUSES))
    imports_value = whole(
        "All imports of the newest period, in `currency`. Null where not published.",
        9093066180000,
        nullable=True,
        **MONEY,
    )
    imports_yoy_pct = number("Their growth over the year before in percent. Null unless the status is `ok`.", -9.51)
    imports_yoy_status = text("Why there is no growth of imports, or `ok`.", "ok", enum=list(STATUSES))
    attribution = text("How the source wants to be named.", "Source: Trade Statistics of Japan, Ministry of Finance")

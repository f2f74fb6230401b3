"""What /v1/measures/{code}/trade takes and gives."""

from typing import Any

from marshmallow import Schema

from service.analytics.measures.growth import STATUSES
from service.api.contract.fields import GROUP_BASIS, MONEY, Labels, number, text, whole
from service.api.parameters.common import FiguresParams, TableParams
from service.api.parameters.types import Choice, Month, Words
from service.domain.flows import FLOWS
from service.models import MEASURE_CERTAINTIES

EVENTS = ("in_force", "announced")
EVENT: dict[str, Any] = {"enum": list(EVENTS), "x-name": "MeasureEvent"}


class MeasureTradeParams(FiguresParams, TableParams):
    """Parameters of /v1/measures/{code}/trade."""

    event = Choice(
        EVENTS,
        metadata=EVENT
        | {
            "description": "Around which day: `in_force` (where left out, and a day is set) or `announced`.",
            "examples": ["announced"],
        },
    )
    until = Month(
        metadata={
            "description": "Last month to count, as if none were known after it; all where left out.",
            "examples": ["2023-12"],
        },
    )
    partner = Words(
        metadata={
            "description": "With whom, comma separated, `WLD` the World, `all` every single area; where left out the "
            "partners that the measure names, and the World.",
            "examples": ["CHN,WLD"],
        }
    )
    flow = Words(
        tuple(FLOWS),
        metadata={
            "description": "Flows among those that the measure affects; all of them where left out.",
            "examples": ["X"],
        },
    )
    commodity = Words(
        metadata={
            "description": "Commodities among those that the measure affects; all of them where left out.",
            "examples": ["SEMICON-MACHINERY-ETC"],
        }
    )


class AffectedSeries(Schema):
    """Which trade a row is about, and around which day."""

    measure = text("Code of the measure.", "jpn-chipmaking-equipment-2023", required=True)
    reporter = text("Who reports, canonical code.", "JPN", required=True)
    partner = text("With whom, canonical code; `WLD` is the World.", "CHN", required=True)
    flow = text("`X` exports, `M` imports, `RX`, `RM`, `DX`.", "X", enum=list(FLOWS), required=True)
    commodity = text(
        "Code of a commodity that stands for goods which the measure affects.", "SEMICON-MACHINERY-ETC", required=True
    )
    classification = text("Edition of the classification that `commodity` is a code of.", "JP-PC", required=True)
    certainty = text(
        "How sure that is: `exact`, `broader` or `indicative`, as in /v1/measures.",
        "indicative",
        enum=list(MEASURE_CERTAINTIES),
    )
    mapping_note = text("What is to be known of it. Null for nothing.", None, nullable=True)
    event = text(
        "Around which day: the first one in force, or that of the announcement.",
        "in_force",
        **EVENT,
    )
    event_on = text("That day.", "2023-07-23", format="date")


class TwelveMonths(Schema):
    """The 12 months before the day against the 12 months since."""

    before_first = text("First of the 12 whole months before `event_on`.", "2022-07")
    before_last = text(
        "Last of them. The month of `event_on` is neither before nor since, unless the day is its first.", "2023-06"
    )
    months_before = whole("How many of these 12 months have a figure.", 8)
    before_value = whole(
        "What they came to, in `currency`. Null unless all 12 have a figure.", None, nullable=True, **MONEY
    )
    since_first = text("First of the 12 whole months since `event_on`.", "2023-08")
    since_last = text("Last of them, which may be to come.", "2024-07")
    months_since = whole("How many of these 12 months have a figure, by `until`.", 6)
    since_value = whole(
        "What they came to, in `currency`. Null unless all 12 have a figure.", None, nullable=True, **MONEY
    )
    growth_pct = number(
        "Growth of `since_value` over `before_value` in percent. Null unless `growth_status` is `ok`.", None
    )
    growth_status = text(
        "Why there is no `growth_pct`, or `ok`. `incomplete_period`: fewer than 12 months since have a figure; "
        "`base_missing`: fewer than 12 before; `value_missing`: none since; `not_covered`: never printed.",
        "incomplete_period",
        enum=list(STATUSES),
    )
    before_share_pct = number(
        "Share of the partner in the reporter's trade of the commodity with the World in the 12 months before, same "
        "flow, in percent. Null unless all 12 months of both have a figure.",
        None,
    )
    since_share_pct = number(
        "The same in the 12 months since, in percent. Null unless all 12 of both have a figure.", None
    )


class MatchedMonths(Schema):
    """The months since that there are, against the same months a year before: like with like, whatever the season."""

    matched_months = whole("How many of the months since have a figure, and had one a year before.", 3)
    matched_first = text("First of these months. Null where there are none.", "2023-11", nullable=True)
    matched_last = text("Last of these months. Null where there are none.", "2024-01", nullable=True)
    matched_base = whole(
        "What trade in the same months a year before came to, in `currency`. Null where there are none. With 12 months "
        "since, the last of them lies in the month of `event_on`.",
        271441196000,
        nullable=True,
        **MONEY,
    )
    matched_value = whole(
        "What trade in these months came to, in `currency`. Null where there are none.",
        503803038000,
        nullable=True,
        **MONEY,
    )
    matched_pct = number(
        "Growth of `matched_value` over `matched_base` in percent. Null unless `matched_status` is `ok`.", 85.603
    )
    matched_status = text(
        "Why there is no `matched_pct`, or `ok`. `value_missing`: no month since has a figure; `base_missing`: none of "
        "them had one a year before.",
        "ok",
        enum=list(STATUSES),
    )
    matched_base_share_pct = number(
        "Share of the partner in the reporter's trade of the commodity with the World in the months of `matched_base`, "
        "in percent. Null where a figure of the World is missing.",
        29.4282,
    )
    matched_share_pct = number(
        "The same in the months of `matched_value`, in percent. Null where a figure of the World is missing.", 51.3339
    )


class MeasureTradeRow(MatchedMonths, TwelveMonths, Labels, AffectedSeries):
    """Trade in a commodity that a measure affects, before and since."""

    currency = text("Currency of all values in the row, ISO 4217.", "JPY")
    valuation = text("Valuation of all values: FOB for exports and CIF for imports in most countries.", "FOB")
    obs_status = text(
        "The weakest status (SDMX) of the figures from `before_first` on: `A` normal, `P` provisional, `E` estimated, "
        "`M` missing, `Q` suppressed. Null where there is none.",
        "E",
        nullable=True,
    )
    group_basis = GROUP_BASIS

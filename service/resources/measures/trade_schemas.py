"""What /v1/measures/{code}/trade takes and gives."""

from typing import Any

from marshmallow import Schema

from service.analytics.measures.growth import GROWTH_STATUSES
from service.api.contract.fields import GROUP_BASIS, MONETARY, Labels, float_field, integer_field, string_field
from service.api.parameters.common import DatasetParams, TableParams
from service.api.parameters.types import Choice, CommaSeparated, Month
from service.domain.flows import FLOWS
from service.models import MEASURE_CERTAINTIES

EVENTS = ("in_force", "announced")
EVENT_METADATA: dict[str, Any] = {"enum": list(EVENTS), "x-name": "MeasureEvent"}


class MeasureTradeParams(DatasetParams, TableParams):
    """Parameters of /v1/measures/{code}/trade."""

    event = Choice(
        EVENTS,
        metadata=EVENT_METADATA
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
    partner = CommaSeparated(
        metadata={
            "description": "With whom, comma separated, `WLD` the World, `all` every single area; where left out the "
            "partners that the measure names, and the World.",
            "examples": ["CHN,WLD"],
        }
    )
    flow = CommaSeparated(
        tuple(FLOWS),
        metadata={
            "description": "Flows among those that the measure affects; all of them where left out.",
            "examples": ["X"],
        },
    )
    commodity = CommaSeparated(
        metadata={
            "description": "Commodities among those that the measure affects; all of them where left out.",
            "examples": ["SEMICON-MACHINERY-ETC"],
        }
    )


class AffectedSeries(Schema):
    """Which trade a row is about, and around which day."""

    measure = string_field("Code of the measure.", "jpn-chipmaking-equipment-2023", required=True)
    reporter = string_field("Who reports, canonical code.", "JPN", required=True)
    partner = string_field("With whom, canonical code; `WLD` is the World.", "CHN", required=True)
    flow = string_field("`X` exports, `M` imports, `RX`, `RM`, `DX`.", "X", enum=list(FLOWS), required=True)
    commodity = string_field(
        "Code of a commodity that stands for goods which the measure affects.", "SEMICON-MACHINERY-ETC", required=True
    )
    classification = string_field(
        "Edition of the classification that `commodity` is a code of.", "JP-PC", required=True
    )
    certainty = string_field(
        "How sure that is: `exact`, `broader` or `indicative`, as in /v1/measures.",
        "indicative",
        enum=list(MEASURE_CERTAINTIES),
    )
    mapping_note = string_field("What is to be known of it. Null for nothing.", None, nullable=True)
    event = string_field(
        "Around which day: the first one in force, or that of the announcement.",
        "in_force",
        **EVENT_METADATA,
    )
    event_on = string_field("That day.", "2023-07-23", format="date")


class TwelveMonths(Schema):
    """The 12 months before the day against the 12 months since."""

    before_first = string_field("First of the 12 whole months before `event_on`.", "2022-07")
    before_last = string_field(
        "Last of them. The month of `event_on` is neither before nor since, unless the day is its first.", "2023-06"
    )
    months_before = integer_field("How many of these 12 months have a figure.", 8)
    before_value = integer_field(
        "What they came to, in `currency`. Null unless all 12 have a figure.", None, nullable=True, **MONETARY
    )
    since_first = string_field("First of the 12 whole months since `event_on`.", "2023-08")
    since_last = string_field("Last of them, which may be to come.", "2024-07")
    months_since = integer_field("How many of these 12 months have a figure, by `until`.", 6)
    since_value = integer_field(
        "What they came to, in `currency`. Null unless all 12 have a figure.", None, nullable=True, **MONETARY
    )
    growth_pct = float_field(
        "Growth of `since_value` over `before_value` in percent. Null unless `growth_status` is `ok`.", None
    )
    growth_status = string_field(
        "Why there is no `growth_pct`, or `ok`. `incomplete_period`: fewer than 12 months since have a figure; "
        "`base_missing`: fewer than 12 before; `value_missing`: none since; `not_covered`: never printed.",
        "incomplete_period",
        enum=list(GROWTH_STATUSES),
    )
    before_share_pct = float_field(
        "Share of the partner in the reporter's trade of the commodity with the World in the 12 months before, same "
        "flow, in percent. Null unless all 12 months of both have a figure.",
        None,
    )
    since_share_pct = float_field(
        "The same in the 12 months since, in percent. Null unless all 12 of both have a figure.", None
    )


class MatchedMonths(Schema):
    """The months since that there are, against the same months a year before: like with like, whatever the season."""

    matched_months = integer_field("How many of the months since have a figure, and had one a year before.", 3)
    matched_first = string_field("First of these months. Null where there are none.", "2023-11", nullable=True)
    matched_last = string_field("Last of these months. Null where there are none.", "2024-01", nullable=True)
    matched_base = integer_field(
        "What trade in the same months a year before came to, in `currency`. Null where there are none. With 12 months "
        "since, the last of them lies in the month of `event_on`.",
        271441196000,
        nullable=True,
        **MONETARY,
    )
    matched_value = integer_field(
        "What trade in these months came to, in `currency`. Null where there are none.",
        503803038000,
        nullable=True,
        **MONETARY,
    )
    matched_pct = float_field(
        "Growth of `matched_value` over `matched_base` in percent. Null unless `matched_status` is `ok`.", 85.603
    )
    matched_status = string_field(
        "Why there is no `matched_pct`, or `ok`. `value_missing`: no month since has a figure; `base_missing`: none of "
        "them had one a year before.",
        "ok",
        enum=list(GROWTH_STATUSES),
    )
    matched_base_share_pct = float_field(
        "Share of the partner in the reporter's trade of the commodity with the World in the months of `matched_base`, "
        "in percent. Null where a figure of the World is missing.",
        29.4282,
    )
    matched_share_pct = float_field(
        "The same in the months of `matched_value`, in percent. Null where a figure of the World is missing.", 51.3339
    )


class MeasureTradeRow(MatchedMonths, TwelveMonths, Labels, AffectedSeries):
    """Trade in a commodity that a measure affects, before and since."""

    currency = string_field("Currency of all values in the row, ISO 4217.", "JPY")
    valuation = string_field("Valuation of all values: FOB for exports and CIF for imports in most countries.", "FOB")
    obs_status = string_field(
        "The weakest status (SDMX) of the figures from `before_first` on: `A` normal, `P` provisional, `E` estimated, "
        "`M` missing, `Q` suppressed. Null where there is none.",
        "E",
        nullable=True,
    )
    group_basis = GROUP_BASIS

"""Parameters and rows of /v1/measures/{code}/trade."""

from typing import Any

from marshmallow import Schema

from service.analytics.measures.growth import GROWTH_STATUSES
from service.api.contract.fields import GROUP_BASIS, MONETARY, Labels, float_field, integer_field, string_field
from service.api.parameters.common import DatasetParams, TableParams
from service.api.parameters.types import AreaList, Choice, CommaSeparated, Month
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
            "description": "Event that separates the periods: `in_force` (the default where a day is set) or "
            "`announced`.",
            "examples": ["announced"],
        },
    )
    until = Month(
        metadata={
            "description": "Last month to include; later months are ignored. By default all months.",
            "examples": ["2023-12"],
        },
    )
    partner = AreaList(
        metadata={
            "description": "Partners, comma separated, `WLD` the World, `all` every single area; by default the "
            "partners that the measure names, and the World.",
            "examples": ["CHN,WLD"],
        }
    )
    flow = CommaSeparated(
        tuple(FLOWS),
        metadata={
            "description": "Flows that the measure affects, comma separated; by default all of them.",
            "examples": ["X"],
        },
    )
    commodity = CommaSeparated(
        metadata={
            "description": "Commodities that the measure affects, comma separated; by default all of them.",
            "examples": ["SEMICON-MACHINERY-ETC"],
        }
    )


class AffectedSeries(Schema):
    """A series that a trade measure affects, and the event of the measure, such as its entry into force."""

    measure = string_field("Code of the measure.", "jpn-chipmaking-equipment-2023", required=True)
    reporter = string_field("Reporter, canonical code.", "JPN", required=True)
    partner = string_field("Partner, canonical code; `WLD` is the World.", "CHN", required=True)
    flow = string_field("`X` exports, `M` imports, `RX`, `RM`, `DX`.", "X", enum=list(FLOWS), required=True)
    commodity = string_field("Code of a commodity that the measure affects.", "SEMICON-MACHINERY-ETC", required=True)
    classification = string_field("Edition of the classification of `commodity`.", "JP-PC", required=True)
    certainty = string_field(
        "Certainty of the mapping: `exact`, `broader` or `indicative`, as in /v1/measures.",
        "indicative",
        enum=list(MEASURE_CERTAINTIES),
    )
    mapping_note = string_field("Note on the mapping. Null for none.", None, nullable=True)
    event = string_field(
        "Event that separates the periods: the first day in force, or the announcement.",
        "in_force",
        **EVENT_METADATA,
    )
    event_on = string_field("Day of the event.", "2023-07-23", format="date")


class TwelveMonths(Schema):
    """The 12 months before the event compared with the 12 months after it."""

    before_first = string_field("First of the 12 whole months before `event_on`.", "2022-07")
    before_last = string_field(
        "Last of the 12 whole months before `event_on`. The month of `event_on` is in neither window, unless the day "
        "is its first.",
        "2023-06",
    )
    months_before = integer_field("Number of months with a figure among the 12 before.", 8)
    before_value = integer_field(
        "Sum of the 12 months before, in `currency`. Null unless all 12 have a figure.",
        None,
        nullable=True,
        **MONETARY,
    )
    since_first = string_field("First of the 12 whole months after `event_on`.", "2023-08")
    since_last = string_field("Last of the 12 whole months after `event_on`; it may be in the future.", "2024-07")
    months_since = integer_field("Number of months with a figure among the 12 after, up to `until`.", 6)
    since_value = integer_field(
        "Sum of the 12 months after, in `currency`. Null unless all 12 have a figure.",
        None,
        nullable=True,
        **MONETARY,
    )
    growth_pct = float_field(
        "Growth of `since_value` over `before_value` in percent. Null unless `growth_status` is `ok`.", None
    )
    growth_status = string_field(
        "`ok`, or the reason why there is no `growth_pct`. `incomplete_period`: fewer than 12 months after the event "
        "have a figure; `base_missing`: fewer than 12 before; `value_missing`: none after; `not_covered`: the source "
        "never publishes the series.",
        "incomplete_period",
        enum=list(GROWTH_STATUSES),
    )
    before_share_pct = float_field(
        "Share of the partner in the reporter's trade of the commodity with the World in the 12 months before, same "
        "flow, in percent. Null unless all 12 months of both have a figure.",
        None,
    )
    since_share_pct = float_field(
        "The same share in the 12 months after, in percent. Null unless all 12 months of both have a figure.", None
    )


class MatchedMonths(Schema):
    """The available months after the event, compared with the same months a year earlier to exclude seasonality."""

    matched_months = integer_field("Number of months after the event with a figure, and with one a year earlier.", 3)
    matched_first = string_field("First of these months. Null where there are none.", "2023-11", nullable=True)
    matched_last = string_field("Last of these months. Null where there are none.", "2024-01", nullable=True)
    matched_base = integer_field(
        "Sum of the same months a year earlier, in `currency`. Null where there are none. With 12 months after the "
        "event, the last of them is the month of `event_on`.",
        271441196000,
        nullable=True,
        **MONETARY,
    )
    matched_value = integer_field(
        "Sum of the matched months, in `currency`. Null where there are none.",
        503803038000,
        nullable=True,
        **MONETARY,
    )
    matched_pct = float_field(
        "Growth of `matched_value` over `matched_base` in percent. Null unless `matched_status` is `ok`.", 85.603
    )
    matched_status = string_field(
        "`ok`, or the reason why there is no `matched_pct`. `value_missing`: no month after the event has a figure; "
        "`base_missing`: none of these months has a figure a year earlier.",
        "ok",
        enum=list(GROWTH_STATUSES),
    )
    matched_base_share_pct = float_field(
        "Share of the partner in the reporter's trade of the commodity with the World in the months of `matched_base`, "
        "in percent. Null where a figure of the World is missing.",
        29.4282,
    )
    matched_share_pct = float_field(
        "The same share in the months of `matched_value`, in percent. Null where a figure of the World is missing.",
        51.3339,
    )


class MeasureTradeRow(MatchedMonths, TwelveMonths, Labels, AffectedSeries):
    """Trade in a commodity that a measure affects, before and after an event."""

    currency = string_field("Currency of all values in the row, ISO 4217.", "JPY")
    valuation = string_field("Valuation of all values: FOB for exports and CIF for imports in most countries.", "FOB")
    obs_status = string_field(
        "Weakest observation status (SDMX) of the figures since `before_first`: `A` normal, `P` provisional, "
        "`E` estimated, `M` missing, `Q` suppressed. Null where there is none.",
        "E",
        nullable=True,
    )
    group_basis = GROUP_BASIS

"""Parameters and rows of /v1/mirror."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from service.analytics.measures.growth import GROWTH_STATUSES
from service.api.contract.fields import (
    MONETARY,
    Labels,
    SeriesKey,
    float_field,
    integer_field,
    string_field,
    string_list_field,
)
from service.api.openapi.enums import ENUM_NAME_KEY
from service.api.parameters.common import CommodityParam, FigureQueryParams, LevelParam
from service.api.parameters.types import CommaSeparated, Text
from service.domain.flows import FLOW_SYNONYMS, FLOWS
from service.resources.mirror.discrepancy import DISCREPANCY_NOTES, REPORT_STATUSES

REPORT_STATUS_METADATA: dict[str, Any] = {"enum": list(REPORT_STATUSES), ENUM_NAME_KEY: "ReportStatus"}


class MirrorParams(LevelParam, CommodityParam, FigureQueryParams):
    """Parameters of /v1/mirror."""

    partner = Text(
        required=True,
        metadata={"description": "The other side: one country, by code or English name.", "example": "USA"},
    )
    flow = CommaSeparated(
        ("X", "M"),
        synonyms=FLOW_SYNONYMS,
        load_default=("X", "M"),
        metadata={
            "description": "Flows of the reporter, comma separated: `X` compares exports with the partner's imports, "
            "`M` imports with the partner's exports.",
            "example": "X",
        },
    )
    mirror_dataset = Text(
        metadata={
            "description": "Code of the partner's dataset, as in /v1/reporters; by default the one that has published "
            "most of the requested periods.",
            "examples": ["usa-totals-m"],
        }
    )


class MirrorKey(Labels, SeriesKey):
    """The flow that both sides report; `reporter`, `partner` and `flow` are those of the reporter's side."""

    mirror_flow = string_field("The partner's flow: `M` where `flow` is `X`.", "M", enum=list(FLOWS))
    currency = string_field("Currency of both values and of the gap, ISO 4217; by default the reporter's.", "USD")


def report_fields(prefix: str, side_name: str, examples: Mapping[str, Any]) -> dict[str, fields.Field[Any]]:
    """Return the fields of one side's report; their names begin with `prefix`, their descriptions name the side."""
    report: dict[str, fields.Field[Any]] = {
        "value": integer_field(
            f"Value reported by {side_name}, in `currency`. Null for the reason in `{prefix}value_status`.",
            examples["value"],
            nullable=True,
            **MONETARY,
        ),
        "value_status": string_field(
            f"`ok`, or the reason why {side_name} has no value: `not_covered`: no loaded dataset has it; "
            "`not_published`: the period is not published; `value_missing`; `suppressed`; `incomplete_period`: the "
            "value lacks months; `no_exchange_rate`: it is known in the reported currency only.",
            "ok",
            **REPORT_STATUS_METADATA,
        ),
        "reported_value": integer_field(
            f"Value as published by {side_name}, in `{prefix}reported_currency`. Null where there is no figure.",
            examples["reported_value"],
            nullable=True,
            **MONETARY,
        ),
        "reported_currency": string_field(
            f"Currency in which {side_name} publishes, ISO 4217. Null where not covered.",
            examples["reported_currency"],
            nullable=True,
        ),
        "exchange_rate": float_field(
            f"Exchange rate of the conversion: units of `currency` for one of `{prefix}reported_currency`. Null where "
            "the value is in the reported currency, or where there is no rate.",
            examples["exchange_rate"],
        ),
        "valuation": string_field(
            f"Valuation used by {side_name}. Null where not covered.", examples["valuation"], nullable=True
        ),
        "trade_system": string_field(
            f"Trade system of {side_name}, `general` or `special`. Null where not covered.",
            "general",
            nullable=True,
        ),
        "obs_status": string_field(
            f"Observation status of the figure of {side_name} (SDMX): `A`, `P`, `E`, `M`, `Q`. Null where there is no "
            "figure.",
            examples["obs_status"],
            nullable=True,
        ),
        "dataset": string_field(f"Dataset used for {side_name}. Null for none.", examples["dataset"], nullable=True),
        "release": string_field(
            f"Release in which {side_name} first published the present figure. Null where there is no figure.",
            examples["release"],
            nullable=True,
        ),
        "yoy_pct": float_field(
            f"Growth from a year earlier of the value of {side_name} in `currency`, in percent. Null unless "
            f"`{prefix}yoy_status` is `ok`.",
            examples["yoy_pct"],
        ),
        "yoy_status": string_field(
            f"`ok`, or the reason why there is no `{prefix}yoy_pct`.", "ok", enum=list(GROWTH_STATUSES)
        ),
    }
    return {f"{prefix}{name}": field for name, field in report.items()}


JAPAN_EXAMPLE = {
    "value": 9735467242,
    "reported_value": 1423390833000,
    "reported_currency": "JPY",
    "exchange_rate": 0.00683963042054,
    "valuation": "FOB",
    "obs_status": "P",
    "dataset": "jpn-pc-m",
    "release": "jpn-pc-m-2024-02-28",
    "yoy_pct": 3.1996,
}
UNITED_STATES_EXAMPLE = {
    "value": 12576234409,
    "reported_value": 12576234409,
    "reported_currency": "USD",
    "exchange_rate": None,
    "valuation": "customs value",
    "obs_status": "A",
    "dataset": "usa-totals-m",
    "release": "usa-totals-m-2024-03-07",
    "yoy_pct": 13.9601,
}
GAP_FIELDS: dict[str, fields.Field[Any]] = {
    "gap": integer_field(
        "`mirror_value` minus `value`, in `currency`: above 0 where the partner reports more. Null unless the status "
        "of both is `ok`.",
        2840767167,
        nullable=True,
        **MONETARY,
    ),
    "gap_pct": float_field(
        "`gap` in percent of `value`, the reporter's figure. Null where the gap is null, or where `value` is not above "
        "0.",
        29.1796,
    ),
    "notes": string_list_field(
        "Possible reasons for the gap, apart from errors: "
        + "; ".join(f"`{note}`: {meaning}" for note, meaning in DISCREPANCY_NOTES.items())
        + ". Empty where there is no gap. In CSV separated by semicolons.",
        ["valuation", "origin", "time_lag", "exchange_rate", "revisions"],
    ),
}
Report = Schema.from_dict(report_fields("", "the side", JAPAN_EXAMPLE), name="Report")
MirrorRow = MirrorKey.from_dict(
    report_fields("", "the reporter", JAPAN_EXAMPLE)
    | report_fields("mirror_", "the partner", UNITED_STATES_EXAMPLE)
    | GAP_FIELDS,
    name="MirrorRow",
)

"""What /v1/mirror takes and gives."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from service.analytics.measures.growth import STATUSES
from service.api.contract.fields import MONEY, Labels, SeriesKey, number, text, texts, whole
from service.api.openapi.enums import NAME
from service.api.parameters.common import BothFlowsParams, CommodityParam, LevelParam
from service.api.parameters.types import Text, Words
from service.domain.flows import FLOWS
from service.resources.mirror.discrepancy import NOTES, REPORT_STATUSES

REPORT_STATUS: dict[str, Any] = {"enum": list(REPORT_STATUSES), NAME: "ReportStatus"}


class MirrorParams(LevelParam, CommodityParam, BothFlowsParams):
    """Parameters of /v1/mirror."""

    partner = Text(
        required=True,
        metadata={"description": "The other side: one country, ISO 3166-1 alpha-3, ISO2 or M49.", "example": "USA"},
    )
    flow = Words(
        ("X", "M"),
        load_default=("X", "M"),
        metadata={
            "description": "The reporter's flows, comma separated: `X` its exports, beside the partner's imports; "
            "`M` its imports, beside the partner's exports.",
            "example": "X",
        },
    )
    mirror_dataset = Text(
        metadata={
            "description": "Code of the partner's dataset, as /v1/reporters lists them; where left out, the one that "
            "has published most of what is asked.",
            "examples": ["usa-totals-m"],
        }
    )


class MirrorKey(Labels, SeriesKey):
    """Which flow both sides report; all columns but those of the partner's report are as the reporter sees it."""

    mirror_flow = text("The partner's flow: `M` where `flow` is `X`.", "M", enum=list(FLOWS))
    currency = text("Currency of both values and of the gap, ISO 4217; the reporter's where none is asked for.", "USD")


def report_fields(prefix: str, whose: str, examples: Mapping[str, Any]) -> dict[str, fields.Field[Any]]:
    """Return the fields of one side's report, with its name in their descriptions and `prefix` before theirs."""
    of_side: dict[str, fields.Field[Any]] = {
        "value": whole(
            f"What {whose} reports, in `currency`. Null as `{prefix}value_status` says.",
            examples["value"],
            nullable=True,
            **MONEY,
        ),
        "value_status": text(
            f"Whether {whose} reports a figure: `ok`; `not_covered`: nothing that is loaded has it; `not_published`: "
            "the period is not published; `value_missing`; `suppressed`; `incomplete_period`: the value lacks months; "
            "`no_exchange_rate`: it is there in its own currency alone.",
            "ok",
            **REPORT_STATUS,
        ),
        "reported_value": whole(
            f"The same as {whose} published it, in `{prefix}reported_currency`. Null where there is no figure.",
            examples["reported_value"],
            nullable=True,
            **MONEY,
        ),
        "reported_currency": text(
            f"Currency in which {whose} reports, ISO 4217. Null where not covered.",
            examples["reported_currency"],
            nullable=True,
        ),
        "exchange_rate": number(
            f"Units of `currency` for one of `{prefix}reported_currency`, by which the value was converted. Null where "
            "it is as reported, or where there is no rate.",
            examples["exchange_rate"],
        ),
        "valuation": text(f"How {whose} values it. Null where not covered.", examples["valuation"], nullable=True),
        "trade_system": text(
            f"`general` or `special`: what {whose} counts as trade. Null where not covered.", "general", nullable=True
        ),
        "obs_status": text(
            f"Status of the figure of {whose} (SDMX): `A`, `P`, `E`, `M`, `Q`. Null where there is no figure.",
            examples["obs_status"],
            nullable=True,
        ),
        "dataset": text(f"Dataset that answers for {whose}. Null for none.", examples["dataset"], nullable=True),
        "release": text(
            f"Release in which {whose} first published the figure as it stands. Null where there is no figure.",
            examples["release"],
            nullable=True,
        ),
        "yoy_pct": number(
            f"Growth over the year before of what {whose} reports, in percent, in `currency`. Null unless "
            f"`{prefix}yoy_status` is `ok`.",
            examples["yoy_pct"],
        ),
        "yoy_status": text(f"Why there is no `{prefix}yoy_pct`, or `ok`.", "ok", enum=list(STATUSES)),
    }
    return {f"{prefix}{name}": field for name, field in of_side.items()}


OF_JAPAN = {
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
OF_THE_STATES = {
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
GAP: dict[str, fields.Field[Any]] = {
    "gap": whole(
        "`mirror_value` minus `value`, in `currency`: above 0 where the partner reports more. Null unless the status "
        "of both is `ok`.",
        2840767167,
        nullable=True,
        **MONEY,
    ),
    "gap_pct": number(
        "`gap` in percent of `value`, what the reporter itself reports. Null where the gap is, or `value` is not above "
        "0.",
        29.1796,
    ),
    "notes": texts(
        "Why the two reports differ, apart from errors: "
        + "; ".join(f"`{note}`: {meaning}" for note, meaning in NOTES.items())
        + ". Empty where there is no gap. In CSV separated by semicolons.",
        ["valuation", "origin", "time_lag", "exchange_rate", "revisions"],
    ),
}
Report = Schema.from_dict(report_fields("", "the side", OF_JAPAN), name="Report")
MirrorRow = MirrorKey.from_dict(
    report_fields("", "the reporter", OF_JAPAN) | report_fields("mirror_", "the partner", OF_THE_STATES) | GAP,
    name="MirrorRow",
)

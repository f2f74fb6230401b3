"""What rows are made of: the contract, from which the description is generated.

A field that is `required` is in every answer; others are left out where a request asks for some `fields` only.
"""

from typing import Any

from marshmallow import Schema, fields

from service.analytics.measures.growth import GROWTH_STATUSES
from service.domain.flows import FLOWS

MONETARY: dict[str, Any] = {"format": "int64"}


def string_field(
    description: str, example: Any, *, nullable: bool = False, required: bool = False, **metadata: Any
) -> fields.String:
    """Return a field of text."""
    return fields.String(
        allow_none=nullable, required=required, metadata=_field_metadata(description, example, metadata)
    )


def integer_field(
    description: str, example: int | None, *, nullable: bool = False, required: bool = False, **metadata: Any
) -> fields.Integer:
    """Return a field of whole numbers."""
    return fields.Integer(
        allow_none=nullable, required=required, metadata=_field_metadata(description, example, metadata)
    )


def float_field(
    description: str, example: float | None, *, nullable: bool = True, required: bool = False, **metadata: Any
) -> fields.Float:
    """Return a field of numbers."""
    return fields.Float(
        allow_none=nullable, required=required, metadata=_field_metadata(description, example, metadata)
    )


def string_list_field(
    description: str, example: Any, *, nullable: bool = False, required: bool = False
) -> fields.List[str]:
    """Return a field of a list of texts. In CSV they are separated by semicolons."""
    return fields.List(
        fields.String(), allow_none=nullable, required=required, metadata=_field_metadata(description, example, {})
    )


def schema_example(schema: type[Schema]) -> dict[str, Any]:
    """Return the example that the fields of a schema make together."""
    declared = schema._declared_fields.items()
    return {name: _field_example(field) for name, field in declared}


def _field_example(field: fields.Field[Any]) -> Any:
    if isinstance(field, fields.Nested):
        return schema_example(type(field.schema))
    return field.metadata["example"]


class DecimalField(fields.Float):
    """A field of numbers that are kept with all their decimals."""


def decimal_field(description: str, example: float | None, **metadata: Any) -> DecimalField:
    """Return a nullable field of numbers that are kept with all their decimals: at most 20 digits before, 18 after."""
    return DecimalField(allow_none=True, metadata=_field_metadata(description, example, metadata))


UNIT_BY_SUFFIX = {"_pct": "percent", "_pp": "percentage points", "_kg": "kilograms"}
"""Units that columns have by the end of their names."""


def column_unit(column_name: str, field: fields.Field[Any]) -> str | None:
    """Return what a column counts; null where it counts nothing, or its description alone says what."""
    if field.metadata.get("format") == MONETARY["format"]:
        return "units of the column currency"
    if column_name == "quantity":
        return "units of the column quantity_unit"
    return next((unit for end, unit in UNIT_BY_SUFFIX.items() if column_name.endswith(end)), None)


def _field_metadata(description: str, example: Any, metadata: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "example": example} | metadata


GROUP_BASIS = string_field(
    "For a group: `published` where the source prints the group, `computed` where its members were added up. "
    "Null for a single area.",
    None,
    nullable=True,
)
MEMBERS_MISSING = string_list_field(
    "For a computed group: members without a figure, so that the sum lacks them. "
    "Null for anything else. In CSV separated by semicolons.",
    None,
    nullable=True,
)


class SeriesKey(Schema):
    """Which series a row belongs to."""

    reporter = string_field("Who reports, canonical code.", "JPN", required=True)
    partner = string_field("With whom, canonical code; `WLD` is the World.", "CHN", required=True)
    flow = string_field("`X` exports, `M` imports, `RX`, `RM`, `DX`.", "X", enum=list(FLOWS), required=True)
    commodity = string_field("Code of the commodity in `classification`; `TOTAL` is all goods.", "TOTAL", required=True)
    classification = string_field(
        "Edition of the classification that `commodity` is a code of.", "JP-PC", required=True
    )
    frequency = string_field("`M` month, `Q` quarter, `A` year.", "M", enum=["M", "Q", "A"], required=True)
    period = string_field("The period, `2024-01`, `2023-Q4` or `2023`.", "2024-01", required=True)


class Labels(Schema):
    """Names beside codes, with `labels=true`."""

    partner_name = string_field("Name of the partner.", "China")
    commodity_name = string_field("Name of the commodity.", "Total, all commodities")


class Figure(Schema):
    """A figure as it was published."""

    value = integer_field(
        "Value in units of `currency`, exactly as published, or converted and rounded to whole units. Null where it is "
        "missing or suppressed (`obs_status`), or where there is no exchange rate.",
        1250314515000,
        nullable=True,
        **MONETARY,
    )
    currency = string_field("Currency of all values in the row, ISO 4217.", "JPY")
    reported_currency = string_field("Currency in which the source reports, ISO 4217.", "JPY")
    exchange_rate = decimal_field(
        "Units of `currency` for one of `reported_currency`, by which `value` was converted. Null where it is as "
        "reported, or where there is no rate of the period, so that `value` is null.",
        None,
    )
    valuation = string_field("Valuation of `value`: FOB for exports and CIF for imports in most countries.", "FOB")
    quantity = decimal_field("Quantity in units of `quantity_unit`. Null where the source gives none.", None)
    quantity_unit = string_field("Unit of `quantity`. Null where there is no quantity.", None, nullable=True)
    net_weight_kg = decimal_field("Net weight in kilograms. Null where the source gives none.", None)
    obs_status = string_field(
        "Status of the figure (SDMX): `A` normal, `P` provisional, `E` estimated, `M` missing, `Q` suppressed. "
        "Null for a zero that follows from the absence of the cell in an exhaustive source.",
        "P",
        nullable=True,
    )
    release = string_field(
        "The release in which the figure was first published as it stands; the newest one for a sum. "
        "Null for a figure that no release prints.",
        "jpn-pc-m-demo-2024-02-28",
        nullable=True,
    )
    period_complete = fields.Boolean(
        metadata={"description": "Whether every month of the period was published.", "example": True}
    )
    months_covered = integer_field("How many months of the period were published.", 1)
    group_basis = GROUP_BASIS
    members_missing = MEMBERS_MISSING


class Growth(Schema):
    """Growth over the year before and the period before."""

    yoy_base_period = string_field("The period a year before.", "2023-01")
    yoy_base = integer_field(
        "Value in that period, in `currency`. Null where it was not published.", 967589543000, nullable=True, **MONETARY
    )
    yoy_base_exchange_rate = decimal_field(
        "Units of `currency` for one of `reported_currency`, by which `yoy_base` was converted. Null where it is as "
        "reported, or there is no rate of that period.",
        None,
    )
    yoy_change = integer_field(
        "Value minus `yoy_base`, in `currency`. Null where either is, or where months of either period are missing.",
        282724972000,
        nullable=True,
        **MONETARY,
    )
    yoy_pct = float_field("Growth over the year before in percent. Null unless `yoy_status` is `ok`.", 29.2195)
    yoy_status = string_field(
        "Why there is no `yoy_pct`, or `ok`. `base_missing`: the period a year before was not published; "
        "`base_zero`: there was no trade then.",
        "ok",
        enum=list(GROWTH_STATUSES),
    )
    yoy_obs_status = string_field(
        "The weaker of the statuses of both ends of the growth. Null where there is no base.", "P", nullable=True
    )
    pop_pct = float_field(
        "Growth over the period before in percent, not seasonally adjusted. Null unless `pop_status` is `ok`.",
        -29.4127,
    )
    pop_status = string_field("Why there is no `pop_pct`, or `ok`; as `yoy_status`.", "ok", enum=list(GROWTH_STATUSES))


class Shares(Schema):
    """The figure as a part of the World's and of all goods'."""

    partner_share_pct = float_field(
        "Share of the partner in the World, same flow, commodity and period, in percent. "
        "Null where the World was not published.",
        17.0511,
    )
    partner_contribution_pp = float_field(
        "Points of the World's growth over the year before that this partner brings. Null where `yoy_change` is, "
        "or the World of a year before.",
        4.316,
    )
    commodity_share_pct = float_field(
        "Share of the commodity in all goods, same partner, flow and period, in percent. "
        "Null where the total was not published.",
        100.0,
    )
    commodity_contribution_pp = float_field(
        "Points of the total's growth over the year before that this commodity brings. Null where `yoy_change` "
        "is, or the total of a year before.",
        29.2195,
    )


class AnnotationSource(Schema):
    """Where what stands beside figures is from."""

    source_title = string_field("The source that it was taken from.", "The Asahi Shimbun, 16 January 2024")
    source_address = string_field("Address of the source.", "https://www.asahi.com/ajw/articles/15114395", format="uri")
    source_date = string_field("Date of the source.", "2024-01-16", format="date")

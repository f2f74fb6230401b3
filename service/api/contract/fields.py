"""Fields of rows: the contract that the OpenAPI document is generated from.

A field that is `required` is in every response; the parameter `fields` can leave out the others.
"""

from typing import Any

from marshmallow import Schema, fields

from service.analytics.measures.growth import GROWTH_STATUSES
from service.domain.flows import FLOWS
from service.domain.frequencies import MONTHS_PER_PERIOD

FREQUENCY_DESCRIPTION = "`M` month, `Q` quarter, `H` half-year, `A` year, `F` fiscal year."
MONETARY: dict[str, Any] = {"format": "int64"}


def string_field(
    description: str, example: Any, *, nullable: bool = False, required: bool = False, **metadata: Any
) -> fields.String:
    """Return a text field. `metadata` are further keywords of its OpenAPI schema, such as `enum`."""
    return fields.String(
        allow_none=nullable, required=required, metadata=_field_metadata(description, example, metadata)
    )


def integer_field(
    description: str, example: int | None, *, nullable: bool = False, required: bool = False, **metadata: Any
) -> fields.Integer:
    """Return an integer field. `metadata` are further keywords of its OpenAPI schema, such as `format`."""
    return fields.Integer(
        allow_none=nullable, required=required, metadata=_field_metadata(description, example, metadata)
    )


def float_field(
    description: str, example: float | None, *, nullable: bool = True, required: bool = False, **metadata: Any
) -> fields.Float:
    """Return a field of floating-point numbers. `metadata` are further keywords of its OpenAPI schema."""
    return fields.Float(
        allow_none=nullable, required=required, metadata=_field_metadata(description, example, metadata)
    )


def string_list_field(
    description: str, example: Any, *, nullable: bool = False, required: bool = False
) -> fields.List[str]:
    """Return a field of lists of text, whose members are separated by semicolons in CSV."""
    return fields.List(
        fields.String(), allow_none=nullable, required=required, metadata=_field_metadata(description, example, {})
    )


def schema_example(schema: type[Schema]) -> dict[str, Any]:
    """Return an example of a row or an object of `schema`, made of the examples of its fields."""
    declared = schema._declared_fields.items()
    return {name: _field_example(field) for name, field in declared}


def _field_example(field: fields.Field[Any]) -> Any:
    if isinstance(field, fields.Nested):
        return schema_example(type(field.schema))
    return field.metadata["example"]


class DecimalField(fields.Float):
    """A field of numbers that keep all their decimals."""


def decimal_field(description: str, example: float | None, **metadata: Any) -> DecimalField:
    """Return a nullable field of numbers that keep all their decimals: 20 digits before the point, 18 after it.

    `metadata` are further keywords of its OpenAPI schema.
    """
    return DecimalField(allow_none=True, metadata=_field_metadata(description, example, metadata))


UNIT_BY_SUFFIX = {"_pct": "percent", "_pp": "percentage points", "_kg": "kilograms"}
"""Units of columns, by the suffix of their name."""


def column_unit(column_name: str, field: fields.Field[Any]) -> str | None:
    """Return the unit of a column, such as `percent` for `yoy_pct`.

    The result is null for a column without a unit, and for a column whose unit is only in its description.
    """
    if field.metadata.get("format") == MONETARY["format"]:
        return "units of the column currency"
    if column_name == "quantity":
        return "units of the column quantity_unit"
    return next((unit for suffix, unit in UNIT_BY_SUFFIX.items() if column_name.endswith(suffix)), None)


def _field_metadata(description: str, example: Any, metadata: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "example": example} | metadata


GROUP_BASIS = string_field(
    "For a group: `published` where the source prints the group, `computed` where it is the sum of its members. "
    "Null for a single area.",
    None,
    nullable=True,
)
MEMBERS_MISSING = string_list_field(
    "For a computed group: members whose figures are unknown, so that the sum lacks them; members without trade are "
    "not among them. Null for any other partner. In CSV separated by semicolons.",
    None,
    nullable=True,
)
MEMBERS_COUNT = integer_field(
    "For a computed group: number of its members on `group_composition`, with those in `members_missing`. Null for any "
    "other partner.",
    None,
    nullable=True,
)

GROUP_COMPOSITION = string_field(
    "For a computed group: the day whose members are added up, in the period and in the base of its growth: that of "
    "`composition`, or the first day of the period. A sum of months has the members of the first day of each month. "
    "Null for any other partner.",
    None,
    nullable=True,
    format="date",
)


class SeriesKey(Schema):
    """The key of a row: its series and period."""

    reporter = string_field("Canonical code of the reporter.", "JPN", required=True)
    partner = string_field("Canonical code of the partner; `WLD` is the World.", "CHN", required=True)
    flow = string_field("`X` exports, `M` imports, `RX`, `RM`, `DX`.", "X", enum=list(FLOWS), required=True)
    commodity = string_field(
        "Code of the commodity in `classification`; `TOTAL` is all commodities.", "TOTAL", required=True
    )
    classification = string_field("Edition of the classification of `commodity`.", "JP-PC", required=True)
    frequency = string_field(FREQUENCY_DESCRIPTION, "M", enum=list(MONTHS_PER_PERIOD), required=True)
    period = string_field("The period, `2024-01`, `2023-Q4`, `2023-H2`, `2023` or `FY2023`.", "2024-01", required=True)


class Labels(Schema):
    """Names of partners and commodities, with `labels=true`."""

    partner_name = string_field("Name of the partner.", "China")
    commodity_name = string_field("Name of the commodity.", "Total, all commodities")


class Figure(Schema):
    """A figure as published, or converted to another currency."""

    value = integer_field(
        "Value in units of `currency`, exactly as published, or converted and rounded to whole units. Null where it is "
        "missing or suppressed (`obs_status`), or where there is no exchange rate. A sum of which a part is unknown is "
        "the sum of its known parts (`is_lower_bound`).",
        1250314515000,
        nullable=True,
        **MONETARY,
    )
    is_lower_bound = fields.Boolean(
        metadata={
            "description": "`true` where `value` is a sum of which parts are suppressed or missing: the true sum is at "
            "least as large. There is then no growth and no share.",
            "example": False,
        }
    )
    currency = string_field("Currency of all values in the row, ISO 4217.", "JPY")
    reported_currency = string_field("Currency in which the source reports, ISO 4217.", "JPY")
    exchange_rate = decimal_field(
        "Units of `currency` for one of `reported_currency`, by which `value` was converted: the rate of the "
        "period, or for a sum of months, each converted at its own rate, the effective rate of the sum. Null where "
        "`value` is as reported, or is a sum that is null or zero.",
        None,
    )
    valuation = string_field("Valuation of `value`: FOB for exports and CIF for imports in most countries.", "FOB")
    quantity = decimal_field("Quantity in units of `quantity_unit`. Null where the source has none.", None)
    quantity_unit = string_field("Unit of `quantity`. Null where there is no quantity.", None, nullable=True)
    net_weight_kg = decimal_field("Net weight in kilograms. Null where the source has none.", None)
    obs_status = string_field(
        "Status of the figure (SDMX): `A` normal, `P` provisional, `E` estimated, `M` missing, `Q` suppressed. "
        "Null for a zero that follows from the absence of the cell in an exhaustive source.",
        "P",
        nullable=True,
    )
    release = string_field(
        "The release in which the figure was first published as it stands; of a sum the latest published one. "
        "Null for a figure that no release prints.",
        "jpn-pc-m-demo-2024-02-28",
        nullable=True,
    )
    period_complete = fields.Boolean(
        metadata={"description": "`true` where every month of the period was published.", "example": True}
    )
    months_covered = integer_field("Number of months of the period that were published.", 1)
    group_basis = GROUP_BASIS
    group_composition = GROUP_COMPOSITION
    members_count = MEMBERS_COUNT
    members_missing = MEMBERS_MISSING


class Growth(Schema):
    """Growth from a year earlier, and over the previous period."""

    yoy_base_period = string_field("The period a year earlier.", "2023-01")
    yoy_base = integer_field(
        "Value in that period, in `currency`. Null where it was not published or parts of it are unknown.",
        967589543000,
        nullable=True,
        **MONETARY,
    )
    yoy_base_exchange_rate = decimal_field(
        "Units of `currency` for one of `reported_currency`, by which `yoy_base` was converted, as "
        "`exchange_rate`. Null where `yoy_base` is as reported, or is a sum that is null or zero.",
        None,
    )
    yoy_change = integer_field(
        "Value minus `yoy_base`, in `currency`. Null where either is, or where parts of either are unknown.",
        282724972000,
        nullable=True,
        **MONETARY,
    )
    yoy_pct = float_field("Growth from a year earlier in percent. Null unless `yoy_status` is `ok`.", 29.2195)
    yoy_status = string_field(
        "Why there is no `yoy_pct`, or `ok`. `base_missing`: nothing of the period a year earlier was published; "
        "`incomplete_period`: a part of either period was not; "
        "`base_zero`: there was no trade then; `suppressed`, `incomplete_total`: parts of either value are "
        "suppressed or missing; `members_differ`: a member of the group is known in one of the periods alone, or the "
        "source gave the group other members; "
        "`not_covered`: the source does not report the series.",
        "ok",
        enum=list(GROWTH_STATUSES),
    )
    yoy_obs_status = string_field(
        "The weaker of the statuses of both ends of the growth. Null where there is no base.", "P", nullable=True
    )
    pop_pct = float_field(
        "Growth from the previous period in percent, not seasonally adjusted. Null unless `pop_status` is `ok`.",
        -29.4127,
    )
    pop_status = string_field(
        "`ok`, or the reason why there is no `pop_pct`; as `yoy_status`.", "ok", enum=list(GROWTH_STATUSES)
    )


class Shares(Schema):
    """Shares of a figure in the World and in all commodities, and contributions to the growth of these totals."""

    partner_share_pct = float_field(
        "Share of the partner in the World, same flow, commodity and period, in percent. "
        "Null where the World was not published, or parts of either value are unknown.",
        17.0511,
    )
    partner_contribution_pp = float_field(
        "Points of the World's growth from a year earlier that this partner brings. Null unless "
        "`yoy_status` is `ok` and the World of a year earlier was published.",
        4.316,
    )
    commodity_share_pct = float_field(
        "Share of the commodity in all commodities, same partner, flow and period, in percent. "
        "Null where the total was not published, or parts of either value are unknown.",
        100.0,
    )
    commodity_contribution_pp = float_field(
        "Points of the total's growth from a year earlier that this commodity brings. Null unless "
        "`yoy_status` is `ok` and the total of a year earlier was published.",
        29.2195,
    )


class AnnotationSource(Schema):
    """The source of an annotation to figures."""

    source_title = string_field("Title of the source.", "The Asahi Shimbun, 16 January 2024")
    source_address = string_field("URL of the source.", "https://www.asahi.com/ajw/articles/15114395", format="uri")
    source_date = string_field("Date of the source.", "2024-01-16", format="date")

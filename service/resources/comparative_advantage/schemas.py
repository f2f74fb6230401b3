"""What /v1/comparative-advantage takes and gives."""

from typing import Any

from marshmallow import Schema, fields

from service.api.contract.fields import MONETARY, float_field, integer_field, string_field
from service.api.openapi.enums import ENUM_NAME_KEY
from service.api.parameters.common import FigureQueryParams, LevelParam
from service.api.parameters.types import CommaSeparated, Text

RCA_STATUSES = ("ok", "value_missing", "no_exchange_rate", "no_world")
RCA_STATUS_METADATA: dict[str, Any] = {"enum": list(RCA_STATUSES), ENUM_NAME_KEY: "ComparativeAdvantageStatus"}


class ComparativeAdvantageParams(LevelParam, FigureQueryParams):
    """Parameters of /v1/comparative-advantage."""

    commodity = CommaSeparated(
        load_default=("all",),
        metadata={
            "description": "Commodities to show, comma separated; `all` every one of `level`.",
            "examples": ["IC"],
        },
    )
    currency = Text(
        load_default="USD",
        metadata={
            "default": "USD",
            "description": "Currency in which the exports of all reporters are added up, `USD` where left out; each "
            "period at its own rate.",
            "examples": ["EUR"],
        },
    )


class ComparativeAdvantageRow(Schema):
    """One commodity of a reporter's exports beside the same of the world that is loaded."""

    reporter = string_field("Who reports, canonical code.", "JPN", required=True)
    commodity = string_field("Code of the commodity in `classification`.", "IC", required=True)
    commodity_name = string_field("Name of the commodity.", "IC")
    classification = string_field("Edition of the classification that the reporter uses.", "JP-PC")
    level = integer_field("Level of the commodity in it.", 3)
    frequency = string_field("`M` month, `Q` quarter, `A` year.", "M", enum=["M", "Q", "A"])
    period = string_field("The period, `2024-01`, `2023-Q4` or `2023`.", "2024-01", required=True)
    currency = string_field("Currency of the values in the row, ISO 4217.", "USD")
    value = integer_field(
        "The reporter's exports of the commodity to the World, in `currency`. Null where missing or suppressed, or "
        "where there is no exchange rate.",
        2_000_000_000,
        nullable=True,
        **MONETARY,
    )
    commodity_share_pct = float_field(
        "Share of the commodity in all of the reporter's exports, in percent. Null where either is missing.", 4.0
    )
    world_value = integer_field(
        "Exports of the commodity by all of `rca_world`, in `currency`. Null where they are fewer than two.",
        10_000_000_000,
        nullable=True,
        **MONETARY,
    )
    world_share_pct = float_field(
        "Share of the commodity in all exports of `rca_world`, in percent. Null where they are fewer than two.", 2.0
    )
    rca = float_field(
        "Revealed comparative advantage (Balassa 1965): the commodity's share in the reporter's exports over its share "
        "in those of `rca_world`; above 1 the reporter is specialised in it. Null unless `rca_status` is `ok`.",
        2.0,
    )
    rca_status = string_field(
        "Why there is no `rca`, or `ok`. `value_missing`: the reporter's exports are missing or incomplete; "
        "`no_exchange_rate`: they are there in their own currency alone; `no_world`: fewer than two reporters have "
        "figures of the commodity, or it is exported by none of them.",
        "ok",
        **RCA_STATUS_METADATA,
    )
    rca_world = fields.List(
        fields.String(),
        metadata={
            "description": "What the world is made of: all reporters, this one among them, of which exports of the "
            "commodity and of all goods are loaded for the period, in the same family of classifications. In CSV "
            "separated by semicolons.",
            "example": ["JPN"],
        },
    )
    rca_classifications = fields.List(
        fields.String(),
        metadata={
            "description": "The editions that `rca_world` reports in. Where they are several, codes are taken as they "
            "are, and may not stand for quite the same goods.",
            "example": ["JP-PC"],
        },
    )

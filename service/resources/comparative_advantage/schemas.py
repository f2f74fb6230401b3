"""Parameters and rows of /v1/comparative-advantage."""

from typing import Any

from marshmallow import Schema, fields

from service.api.contract.fields import FREQUENCY_DESCRIPTION, MONETARY, float_field, integer_field, string_field
from service.api.openapi.enums import ENUM_NAME_KEY
from service.api.parameters.common import FigureQueryParams, LevelParam
from service.api.parameters.types import AreaList, CommaSeparated, Text
from service.domain.frequencies import MONTHS_PER_PERIOD

RCA_STATUSES = ("ok", "value_missing", "no_exchange_rate", "no_world", "incomplete_world")
RCA_STATUS_METADATA: dict[str, Any] = {"enum": list(RCA_STATUSES), ENUM_NAME_KEY: "ComparativeAdvantageStatus"}


class ComparativeAdvantageParams(LevelParam, FigureQueryParams):
    """Parameters of /v1/comparative-advantage."""

    commodity = CommaSeparated(
        load_default=("all",),
        metadata={
            "description": "Commodities to return, comma separated; `all` for every commodity of `level`.",
            "examples": ["IC"],
        },
    )
    currency = Text(
        load_default="USD",
        metadata={
            "default": "USD",
            "description": "Currency in which the exports of all reporters are added up, by default `USD`; each "
            "period is converted at its own rate.",
            "examples": ["EUR"],
        },
    )
    world = AreaList(
        metadata={
            "description": "Reporters that make up the world, comma separated; the requested one is always among them. "
            "A fixed world makes values comparable over time: where one of its members has no figures in a period, "
            "there is no `rca` (`incomplete_world`). Default: all reporters that are loaded for the period.",
            "examples": ["JPN,USA"],
        }
    )


class ComparativeAdvantageRow(Schema):
    """One commodity of a reporter's exports, compared with the exports of the reference group."""

    reporter = string_field("Reporter, canonical code.", "JPN", required=True)
    commodity = string_field("Code of the commodity in `classification`.", "IC", required=True)
    commodity_name = string_field("Name of the commodity.", "IC")
    classification = string_field("Edition of the classification that the reporter uses.", "JP-PC")
    level = integer_field("Level of the commodity in the classification.", 3)
    frequency = string_field(FREQUENCY_DESCRIPTION, "M", enum=list(MONTHS_PER_PERIOD))
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
        "Share of the commodity in the reporter's total exports, in percent. Null where either is missing.", 4.0
    )
    world_value = integer_field(
        "Exports of the commodity by all reporters in `rca_world`, in `currency`. Null where there are fewer than two.",
        10_000_000_000,
        nullable=True,
        **MONETARY,
    )
    world_share_pct = float_field(
        "Share of the commodity in the total exports of `rca_world`, in percent. Null where there are fewer than two "
        "reporters.",
        2.0,
    )
    rca = float_field(
        "Revealed comparative advantage (Balassa 1965): the commodity's share in the reporter's exports over its share "
        "in those of `rca_world`; above 1 the reporter is specialised in it. Null unless `rca_status` is `ok`.",
        2.0,
    )
    rsca = float_field(
        "Symmetric form of `rca` (Laursen 1998), `(rca - 1) / (rca + 1)`: -1 to 1, 0 where the share is that "
        "of the world. Null unless `rca_status` is `ok`.",
        0.3333,
    )
    rca_status = string_field(
        "`ok`, or the reason why there is no `rca`. `value_missing`: the reporter's exports are missing or incomplete; "
        "`no_exchange_rate`: they are known in the reported currency only; `no_world`: fewer than two reporters have "
        "figures of the commodity, or none of them exports it; `incomplete_world`: a reporter of `world` has none.",
        "ok",
        **RCA_STATUS_METADATA,
    )
    rca_world = fields.List(
        fields.String(),
        metadata={
            "description": "Reference group: all reporters, this one included, with exports of the commodity and total "
            "exports in the period, in the same family of classifications. In CSV separated by semicolons.",
            "example": ["JPN"],
        },
    )
    rca_classifications = fields.List(
        fields.String(),
        metadata={
            "description": "Editions of the classification used by `rca_world`. Codes are compared without conversion: "
            "in different editions they may cover different goods.",
            "example": ["JP-PC"],
        },
    )

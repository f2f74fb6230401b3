"""What /v1/comparative-advantage takes and gives."""

from typing import Any

from marshmallow import Schema, fields

from service.api.contract.fields import MONEY, number, text, whole
from service.api.openapi.enums import NAME
from service.api.parameters.common import BothFlowsParams, LevelParam
from service.api.parameters.types import Text, Words

STATUSES = ("ok", "value_missing", "no_exchange_rate", "no_world")
STATUS: dict[str, Any] = {"enum": list(STATUSES), NAME: "ComparativeAdvantageStatus"}


class ComparativeAdvantageParams(LevelParam, BothFlowsParams):
    """Parameters of /v1/comparative-advantage."""

    commodity = Words(
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

    reporter = text("Who reports, canonical code.", "JPN", required=True)
    commodity = text("Code of the commodity in `classification`.", "IC", required=True)
    commodity_name = text("Name of the commodity.", "IC")
    classification = text("Edition of the classification that the reporter uses.", "JP-PC")
    level = whole("Level of the commodity in it.", 3)
    frequency = text("`M` month, `Q` quarter, `A` year.", "M", enum=["M", "Q", "A"])
    period = text("The period, `2024-01`, `2023-Q4` or `2023`.", "2024-01", required=True)
    currency = text("Currency of the values in the row, ISO 4217.", "USD")
    value = whole(
        "The reporter's exports of the commodity to the World, in `currency`. Null where missing or suppressed, or "
        "where there is no exchange rate.",
        2_000_000_000,
        nullable=True,
        **MONEY,
    )
    commodity_share_pct = number(
        "Share of the commodity in all of the reporter's exports, in percent. Null where either is missing.", 4.0
    )
    world_value = whole(
        "Exports of the commodity by all of `rca_world`, in `currency`. Null where they are fewer than two.",
        10_000_000_000,
        nullable=True,
        **MONEY,
    )
    world_share_pct = number(
        "Share of the commodity in all exports of `rca_world`, in percent. Null where they are fewer than two.", 2.0
    )
    rca = number(
        "Revealed comparative advantage (Balassa 1965): the commodity's share in the reporter's exports over its share "
        "in those of `rca_world`; above 1 the reporter is specialised in it. Null unless `rca_status` is `ok`.",
        2.0,
    )
    rca_status = text(
        "Why there is no `rca`, or `ok`. `value_missing`: the reporter's exports are missing or incomplete; "
        "`no_exchange_rate`: they are there in their own currency alone; `no_world`: fewer than two reporters have "
        "figures of the commodity, or it is exported by none of them.",
        "ok",
        **STATUS,
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

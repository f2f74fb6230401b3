"""Parameters and rows of /v1/reconciliation."""

from typing import Any

from marshmallow import Schema

from service.api.contract.fields import MONETARY, decimal_field, float_field, integer_field, string_field
from service.api.parameters.common import PresentationParams
from service.api.parameters.single_figure import SingleFigureParams, check_one_code
from service.api.parameters.types import CommaSeparated, Text
from service.domain.flows import FLOWS

READING_KINDS = ("reference", "vintage", "exchange_rate", "dataset", "flow", "composition", "mirror")


class ReconciliationParams(SingleFigureParams, PresentationParams):
    """Parameters of /v1/reconciliation: one figure, and the figure that it is compared with."""

    flow = CommaSeparated(
        tuple(FLOWS),
        load_default=("X",),
        validate=check_one_code,
        metadata={"description": "One flow, `X` or `M`.", "example": "X"},
    )
    dataset = Text(
        metadata={"description": "Code of the dataset of the reference figure.", "examples": ["jpn-pc-m-demo"]}
    )
    claimed = Text(
        metadata={
            "description": "The figure found elsewhere, in units of the currency: `48.9e9`. The rows are in the order "
            "of their distance to it. Default: the order of the kinds.",
            "examples": ["48.9e9"],
        }
    )
    claimed_currency = Text(
        metadata={
            "description": "Currency of `claimed`, ISO 4217; all values are in it. Default: the reported currency.",
            "examples": ["USD"],
        }
    )


def _value_field(description: str, example: Any) -> Any:
    return integer_field(description, example, nullable=True, **MONETARY)


class ReconciliationRow(Schema):
    """One reading of a figure, and its distance to the reference figure and to the claimed one."""

    rank = integer_field("Rank of the row, 1 for the smallest distance to `claimed`.", 1, required=True)
    kind = string_field("The property in which the reading differs.", "vintage", enum=list(READING_KINDS))
    reason = string_field("The difference to the reference figure in words.", "As published on 2024-02-28.")
    value = _value_field("Value of the reading, in `currency`. Null where it is not known.", 50153329979)
    currency = string_field("Currency of the values, ISO 4217.", "USD")
    exchange_rate = decimal_field("Rate of the conversion. Null for values as reported.", 0.006839631)
    valuation = string_field("Valuation, FOB or CIF. Null where it is not known.", "FOB", nullable=True)
    obs_status = string_field("Status of the value (SDMX). Null where it is not known.", "P", nullable=True)
    release = string_field("Release of the value. Null where there is none.", "jpn-pc-m-demo-2024-02-28", nullable=True)
    yoy_pct = float_field("Growth from a year earlier in percent. Null where it is not known.", -0.0839)
    difference = _value_field("`value` minus the reference figure, in `currency`. Null where either is null.", 0)
    difference_pct = float_field("`difference` in percent of the reference figure. Null where either is null.", 0.0)
    unexplained = _value_field(
        "`claimed` minus `value`, in `currency`; in the first row the smallest remaining difference. Null without "
        "`claimed`.",
        -1253329979,
    )
    unexplained_pct = float_field("`unexplained` in percent of `value`. Null without `claimed`.", -2.499)
    link = string_field(
        "URL of the request that returns the value.", "/v1/series?reporter=JPN&flow=X&period=2024-01&currency=USD"
    )

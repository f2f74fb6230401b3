"""Parameters and rows of /v1/exchange-rates."""

from marshmallow import Schema

from service.api.contract.fields import decimal_field, integer_field, string_field
from service.api.parameters.common import LATEST_PERIOD, PresentationParams
from service.api.parameters.types import Choice, Periods, Text


class ExchangeRatesParams(PresentationParams):
    """Parameters of /v1/exchange-rates."""

    currency = Text(
        required=True,
        metadata={"description": "Quote currency, ISO 4217: a rate is the number of its units.", "example": "JPY"},
    )
    base = Text(
        load_default="EUR",
        metadata={
            "description": "Base currency, ISO 4217: a rate is the price of one unit. By default the euro.",
            "example": "USD",
        },
    )
    frequency = Choice(
        ("D", "M", "Q", "A"),
        load_default="M",
        metadata={
            "description": "`D` for each working day; `M`, `Q`, `A` for the mean and the last rate of each period.",
            "examples": ["M"],
        },
    )
    period = Periods(
        load_default=LATEST_PERIOD,
        metadata={
            "default": "latest",
            "description": "Periods, `2024-01`, `2023-01..2024-01`, `latest`, `all`; with frequency `D` all days in "
            "these periods.",
            "example": "2024-01",
        },
    )


class ExchangeRateRow(Schema):
    """The rate of two currencies on a day or in a period."""

    period = string_field(
        "The day, `2024-02-21`, or the period, `2024-01`, `2023-Q4` or `2023`.", "2024-01", required=True
    )
    base = string_field("Base currency: a rate is the price of one unit of it.", "USD")
    currency = string_field("Quote currency: a rate is a number of its units.", "JPY")
    frequency = string_field("`D`, `M`, `Q` or `A`.", "M", enum=["D", "M", "Q", "A"])
    average = decimal_field(
        "Mean of the cross rates of the period's days, the rate of `fx=average`. Null until all days are published.",
        146.0,
    )
    end = decimal_field("Last rate of the period, the rate of `fx=end`. Null until all days are published.", 147.5)
    days = integer_field("Number of days with a rate in the period.", 22)
    first_day = string_field("First day with a rate.", "2024-01-02", format="date")
    last_day = string_field("Last day with a rate.", "2024-01-31", format="date")

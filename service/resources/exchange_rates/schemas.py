"""What /v1/exchange-rates takes and gives."""

from marshmallow import Schema

from service.api.contract.fields import decimal_field, integer_field, string_field
from service.api.parameters.common import LATEST_PERIOD, PresentationParams
from service.api.parameters.types import Choice, Periods, Text


class ExchangeRatesParams(PresentationParams):
    """Parameters of /v1/exchange-rates."""

    currency = Text(
        required=True,
        metadata={"description": "Currency whose units a rate counts, ISO 4217.", "example": "JPY"},
    )
    base = Text(
        load_default="EUR",
        metadata={
            "description": "Currency that a rate is for one unit of, ISO 4217; the euro where left out.",
            "example": "USD",
        },
    )
    frequency = Choice(
        ("D", "M", "Q", "A"),
        load_default="M",
        metadata={
            "description": "`D` each working day, or `M`, `Q`, `A` the mean and the last of each period.",
            "examples": ["M"],
        },
    )
    period = Periods(
        load_default=LATEST_PERIOD,
        metadata={
            "default": "latest",
            "description": "Periods as elsewhere, `2024-01`, `2023-01..2024-01`, `latest`, `all`; with frequency `D` "
            "all days in them.",
            "example": "2024-01",
        },
    )


class ExchangeRateRow(Schema):
    """The rate of two currencies on a day or in a period."""

    period = string_field(
        "The day, `2024-02-21`, or the period, `2024-01`, `2023-Q4` or `2023`.", "2024-01", required=True
    )
    base = string_field("The currency that the rates are for one unit of.", "USD")
    currency = string_field("The currency whose units the rates count.", "JPY")
    frequency = string_field("`D`, `M`, `Q` or `A`.", "M", enum=["D", "M", "Q", "A"])
    average = decimal_field(
        "Mean of the cross rates of the period's days: what `fx=average` converts by. Null while its days are not all "
        "published.",
        146.0,
    )
    end = decimal_field("The last rate of the period: what `fx=end` converts by. Null as `average`.", 147.5)
    days = integer_field("How many days with a rate the period has.", 22)
    first_day = string_field("The first of them.", "2024-01-02", format="date")
    last_day = string_field("The last of them.", "2024-01-31", format="date")

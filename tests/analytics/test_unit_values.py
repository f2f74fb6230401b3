"""Unit values, and the effects of unit value and quantity on growth, by hand-worked numbers."""

from decimal import Decimal

import pytest

from service.analytics.measures.unit_values import UNIT_VALUE_COLUMNS

ANNUAL_QUERY = {"reporter": "JPN", "flow": "X", "frequency": "A", "commodity": "A1", "partner": "CHN"}
NO_GROWTH = (None,) * 5


def cell(period, partner="CHN"):
    return ("X", partner, "A1", period)


def weighed(value, quantity, *, unit="KG", status="A"):
    return {"value": (value, status), "quantity": Decimal(quantity), "quantity_unit": unit}


def fetch_unit_values(client, **parameters):
    answer = client.get("/v1/series", query_string=ANNUAL_QUERY | parameters)
    assert answer.status_code == 200, answer.json
    return [tuple(row[name] for name in UNIT_VALUE_COLUMNS) for row in answer.json["data"]]


def test_growth_is_the_sum_of_the_effects_of_unit_value_and_quantity(client, figures):
    figures({cell("2020"): weighed(200, 50), cell("2021"): weighed(330, 60)})

    found = fetch_unit_values(client, period="2020..2021")

    # 4 and 5.5 dollars a kilogram: 37.5 % more for each of 20 % more kilograms. 37.5 + 20 + 7.5 = 65, and 330 is 65 %
    # more than 200.
    assert found == [(4.0, *NO_GROWTH), (5.5, 37.5, 20.0, 37.5, 20.0, 7.5)]


@pytest.mark.parametrize(
    ("base", "value", "unit_value"),
    [
        (weighed(200, 50), weighed(330, 60, unit="L"), 5.5),
        (weighed(200, 0), weighed(330, 60), 5.5),
        (weighed(200, 50), weighed(330, 0), None),
        (weighed(0, 50), weighed(330, 60), 5.5),
        (weighed(None, 50, status="Q"), weighed(330, 60), 5.5),
        (weighed(200, 50), weighed(None, 60, status="M"), None),
        (weighed(200, 50), (330, "A"), None),
    ],
)
def test_quantities_that_cannot_be_compared_give_no_growth(client, figures, base, value, unit_value):
    figures({cell("2020"): base, cell("2021"): value})

    assert fetch_unit_values(client, period="2021") == [(unit_value, *NO_GROWTH)]


def test_a_unit_value_of_a_year_is_that_of_the_sums(client, figures):
    months = {f"2021-{month:02}": weighed(10, 5) for month in range(1, 12)} | {"2021-12": weighed(70, 5)}
    figures({cell(period): figure for period, figure in months.items()})

    # 11 x 10 + 70 = 180 dollars for 60 kilograms.
    assert fetch_unit_values(client, period="2021") == [(3.0, *NO_GROWTH)]


def test_the_quantity_of_a_group_is_that_of_the_members_of_the_later_period(client, figures):
    figures(
        {cell("2019", "DEU"): weighed(100, 10), cell("2019", "GBR"): weighed(900, 10)}
        | {cell("2020", "DEU"): weighed(240, 20), cell("2021", "DEU"): weighed(240, 30)}
    )

    # The EU of January 2020 has the United Kingdom: 50 dollars a kilogram before, 12 then. That of 2021 has not.
    assert fetch_unit_values(client, partner="EU", period="2020..2021") == [
        (12.0, -76.0, 0.0, -76.0, 0.0, 0.0),
        (8.0, -33.3333, 50.0, -33.3333, 50.0, -16.6667),
    ]


def test_a_unit_value_is_in_the_requested_currency(client, figures):
    figures({cell("2021"): weighed(330, 60)})
    rates = "('EUR', '2021-06-01', 1), ('USD', '2021-06-01', 2)"
    figures.execute(f"INSERT INTO exchange_rate (currency, day, per_euro) VALUES {rates}")

    # 165 euros for 60 kilograms.
    assert fetch_unit_values(client, period="2021", currency="EUR", fx="2021-06-01") == [(2.75, *NO_GROWTH)]

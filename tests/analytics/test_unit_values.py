"""Unit values, and growth as an effect of the unit value and of the quantity."""

FIGURES = {
    "2022-01": {"value": 100, "quantity": 10, "quantity_unit": "KG"},
    "2023-01": {"value": 180, "quantity": 12, "quantity_unit": "KG"},
}
INSERT_EXCHANGE_RATES = "INSERT INTO exchange_rate (currency, day, per_euro) VALUES " + ", ".join(
    f"('{currency}', '2022-01-{day}', {per_euro})"
    for currency, per_euro in (("EUR", 1), ("JPY", 100))
    for day in ("02", "31")
)
NAMES = ("quantity_yoy_pct", "unit_value_yoy_pct", "unit_value_effect_pp", "quantity_effect_pp", "interaction_pp")


def fetch_growth(client, **query):
    parameters = {"reporter": "JPN", "flow": "X", "period": "2023-01"} | query
    (row,) = client.get("/v1/series", query_string=parameters).json["data"]
    return row["yoy_status"], *(row[name] for name in NAMES)


def test_growth_is_the_sum_of_the_effects_of_unit_value_and_quantity(client, figures):
    figures(FIGURES, currency="JPY")

    # 10 to 12 kg at 10 to 15 yen: 100 x 10 x 5 / 100, 100 x 10 x 2 / 100, 100 x 5 x 2 / 100.
    assert fetch_growth(client) == ("ok", 20.0, 50.0, 50.0, 20.0, 10.0)


def test_quantities_of_values_without_exchange_rate_have_no_growth(client, figures):
    figures(FIGURES, currency="JPY")
    figures.execute(INSERT_EXCHANGE_RATES)

    assert fetch_growth(client, currency="EUR") == ("value_missing", None, None, None, None, None)

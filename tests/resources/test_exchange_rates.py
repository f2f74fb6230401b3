"""Values in another currency, each period at its own rate, and the rates."""

import pytest

MONTHLY_QUERY = {"reporter": "JPN", "flow": "X", "partner": "WLD"}


@pytest.fixture
def insert_rates(figures):
    """Return a function that enters rates per euro, as {currency: {day: units}}."""

    def enter(by_currency):
        rows = [
            f"('{currency}', DATE '{day}', {units})"
            for currency, by_day in by_currency.items()
            for day, units in by_day.items()
        ]
        figures.execute(f"INSERT INTO exchange_rate (currency, day, per_euro) VALUES {', '.join(rows)}")

    return enter


YEN_AND_DOLLAR_RATES = {
    "EUR": dict.fromkeys(("2023-01-02", "2023-01-31", "2024-01-02", "2024-01-31"), 1),
    "USD": {"2023-01-02": 1.0, "2023-01-31": 1.0, "2024-01-02": 1.0, "2024-01-31": 1.5},
    "JPY": {"2023-01-02": 100, "2023-01-31": 125, "2024-01-02": 200, "2024-01-31": 200},
}


def publish_yen_figures(figures):
    figures({"2023-01": 1_000_000, "2024-01": 1_500_000}, currency="JPY")


def fetch_row(client, path="/v1/flows", **query):
    answer = client.get(path, query_string=MONTHLY_QUERY | {"period": "2024-01"} | query)
    assert answer.status_code == 200, answer.json
    (row,) = answer.json["data"]
    return row


def test_growth_differs_by_currency(client, figures, insert_rates):
    publish_yen_figures(figures)
    insert_rates(YEN_AND_DOLLAR_RATES)

    # Dollars for a yen: 0.01 and 0.008 in January 2023, 0.009 on average; 0.005 and 0.0075 a year later, 0.00625.
    in_yen, in_dollars = fetch_row(client), fetch_row(client, currency="USD")

    columns = ("value", "yoy_base", "yoy_change", "yoy_pct", "currency", "exchange_rate", "yoy_base_exchange_rate")
    assert [in_yen[name] for name in columns] == [1_500_000, 1_000_000, 500_000, 50.0, "JPY", None, None]
    assert [in_dollars[name] for name in columns] == [9375, 9000, 375, 4.1667, "USD", 0.00625, 0.009]
    assert in_dollars["reported_currency"] == "JPY"


@pytest.mark.parametrize(
    ("fx", "value", "base", "yoy_pct"),
    [("average", 9375, 9000, 4.1667), ("end", 11250, 8000, 40.625), ("2024-01-02", 7500, 5000, 50.0)],
)
def test_the_rate_is_average_end_or_fixed_day(client, figures, insert_rates, fx, value, base, yoy_pct):
    publish_yen_figures(figures)
    insert_rates(YEN_AND_DOLLAR_RATES)

    row = fetch_row(client, currency="usd", fx=fx)

    assert (row["value"], row["yoy_base"], row["yoy_pct"]) == (value, base, yoy_pct)


def test_a_day_without_a_rate_uses_the_previous_rate(client, figures, insert_rates):
    publish_yen_figures(figures)
    insert_rates(YEN_AND_DOLLAR_RATES)

    assert fetch_row(client, currency="USD", fx="2024-02-03")["exchange_rate"] == 0.0075


def test_a_period_without_rates_is_null_with_a_status(client, figures, insert_rates):
    publish_yen_figures(figures)
    insert_rates(
        {"EUR": {"2024-01-02": 1, "2024-01-31": 1}}
        | {"USD": {"2024-01-02": 1.0, "2024-01-31": 1.5}, "JPY": {"2024-01-02": 200, "2024-01-31": 200}}
    )

    row = fetch_row(client, currency="USD")

    assert (row["value"], row["yoy_base"], row["yoy_pct"], row["yoy_status"]) == (9375, None, None, "base_missing")


def test_year_to_date_converts_each_month_at_its_own_rate(client, figures, insert_rates):
    figures({"2024-01": 100, "2024-02": 100}, currency="EUR")
    days = ("2024-01-02", "2024-01-31", "2024-02-01", "2024-02-29")
    insert_rates({"EUR": dict.fromkeys(days, 1), "USD": dict(zip(days, (2, 2, 3, 3), strict=True))})

    row = fetch_row(client, "/v1/series", period="2024-02", currency="USD")

    assert (row["value"], row["ytd_value"]) == (300, 500)


def test_converted_results_are_paginated(client, figures, insert_rates):
    partners = {("X", partner, "TOTAL", "2024-01"): value for partner, value in (("CHN", 7), ("USA", 5), ("KOR", 3))}
    figures(partners, currency="EUR")
    insert_rates({"EUR": {"2024-01-02": 1, "2024-01-31": 1}, "USD": {"2024-01-02": 1.1, "2024-01-31": 1.1}})
    question = {"reporter": "JPN", "flow": "X", "period": "2024-01", "currency": "USD", "limit": "1"}

    found, address = [], "/v1/partners"
    while address:
        page = client.get(address, query_string=question if address == "/v1/partners" else None).json
        found += [(row["partner"], row["value"]) for row in page["data"]]
        address = page["links"]["next"]

    assert found == [("CHN", 8), ("USA", 6), ("KOR", 3)]  # 7.7, 5.5 (to the even one) and 3.3


@pytest.mark.parametrize(
    ("question", "parameter", "suggestion"),
    [
        ({"fx": "end"}, "fx", "currency=USD"),
        ({"currency": "USD", "fx": "ende"}, "fx", "end"),
        ({"currency": "USD", "fx": "1980-01-01"}, "fx", "2023-01-02"),
    ],
)
def test_unsupported_conversions_are_rejected_with_suggestions(
    client, figures, insert_rates, question, parameter, suggestion
):
    publish_yen_figures(figures)
    insert_rates(YEN_AND_DOLLAR_RATES)

    answer = client.get("/v1/flows", query_string=MONTHLY_QUERY | question)

    (error,) = answer.json["errors"]
    assert (answer.status_code, error["parameter"]) == (422, parameter)
    assert suggestion in error["suggestions"]


def test_an_unquoted_currency_cannot_be_converted(client, figures, insert_rates):
    figures({"2024-01": 100}, currency="SAR")
    insert_rates(YEN_AND_DOLLAR_RATES)

    answer = client.get("/v1/flows", query_string=MONTHLY_QUERY | {"currency": "USD"})

    assert (answer.status_code, answer.json["errors"][0]["reason"]) == (
        422,
        "there are no rates of SAR, the reported currency",
    )


def test_rates_are_listed_by_period_and_by_day(client, insert_rates):
    insert_rates(YEN_AND_DOLLAR_RATES)
    question = {"currency": "JPY", "base": "USD", "period": "2023..2024-01"}

    months = client.get("/v1/exchange-rates", query_string=question).json["data"]
    days = client.get("/v1/exchange-rates", query_string=question | {"frequency": "D"}).json["data"]

    assert [(row["period"], row["average"], row["end"], row["days"]) for row in months] == [
        ("2023-01", 112.5, 125, 2),
        ("2024-01", 166.666666667, 133.333333333, 2),
    ]
    assert [(row["period"], row["end"]) for row in days] == [
        ("2023-01-02", 100),
        ("2023-01-31", 125),
        ("2024-01-02", 200),
        ("2024-01-31", 133.333333333),
    ]


def test_a_period_that_has_not_ended_has_no_rate_yet(client, insert_rates):
    insert_rates({"EUR": {"2024-01-02": 1, "2024-01-15": 1}, "USD": {"2024-01-02": 1.1, "2024-01-15": 1.1}})

    (row,) = client.get("/v1/exchange-rates", query_string={"currency": "USD"}).json["data"]

    assert (row["period"], row["average"], row["end"], row["last_day"]) == ("2024-01", None, None, "2024-01-15")


def test_7330_billion_yen_were_48_87_billion_dollars(demo):
    # The ECB's rates of that day: 162.12 yen and 1.0809 dollars for a euro, so 149.9861 yen for a dollar.
    question = {"reporter": "JPN", "flow": "X", "period": "2024-01", "currency": "USD", "fx": "2024-02-21"}
    (row,) = demo.get("/v1/flows", query_string=question).json["data"]

    assert 1 / row["exchange_rate"] == pytest.approx(149.9861, abs=0.0001)
    assert 7_330e9 * row["exchange_rate"] == pytest.approx(48.87e9, abs=0.005e9)
    assert row["value"] == pytest.approx(48.89e9, abs=0.005e9)  # 7,332.754 billion yen, not rounded
    assert row["yoy_pct"] == pytest.approx(11.94, abs=0.005)  # one rate on both ends: as in yen


def test_rates_match_the_ecb_file(demo, shared_data):
    header, *lines = (shared_data / "fx" / "ecb_eur_daily_2019_2024.csv").read_text().splitlines()
    january = [line.split(",") for line in lines if line.startswith("2024-01")]
    place = header.split(",").index("JPY")

    rows = demo.get("/v1/exchange-rates?currency=JPY&frequency=D&period=2024-01").json["data"]

    assert [(row["period"], row["end"]) for row in rows] == [(line[0], float(line[place])) for line in january]

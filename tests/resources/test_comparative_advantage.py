"""Revealed comparative advantage: a commodity's share in a reporter's exports over its share in the world's."""

import pytest

QUERY = {"reporter": "JPN", "frequency": "A", "period": "2021", "level": "1"}


def fetch_advantages(client, **query):
    answer = client.get("/v1/comparative-advantage", query_string=QUERY | query)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def select_columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


@pytest.fixture
def publish_exports(figures):
    """Return a function that publishes a reporter's exports to the World of 2021, by commodity."""

    def publish(reporter, by_commodity, **described):
        cells = {("X", "WLD", code, "2021"): value for code, value in by_commodity.items()}
        figures(cells, **{"code": f"{reporter.lower()}-a", "reporter": reporter} | described)

    return publish


def test_rca_is_the_reporter_share_divided_by_the_world_share(client, publish_exports):
    publish_exports("JPN", {"TOTAL": 100, "A": 60, "B": 40})
    publish_exports("USA", {"TOTAL": 300, "A": 40, "B": 260})

    rows = fetch_advantages(client)

    # A: 60 of 100 are 0.6; with the United States 100 of 400, 0.25. B: 0.4 over 300 of 400, 0.75.
    names = ("commodity", "value", "commodity_share_pct", "world_value", "world_share_pct", "rca", "rca_status")
    assert select_columns(rows, *names) == [
        ("A", 60, 60.0, 100, 25.0, 2.4, "ok"),
        ("B", 40, 40.0, 300, 75.0, 0.5333, "ok"),
    ]
    assert select_columns(rows, "rca_world", "rca_classifications") == [(["JPN", "USA"], ["T"])] * 2


def test_rca_is_null_for_a_single_reporter(client, publish_exports):
    publish_exports("JPN", {"TOTAL": 100, "A": 60})
    publish_exports("USA", {"TOTAL": 300}, classification="H6")

    response = client.get("/v1/comparative-advantage", query_string=QUERY)
    rows = response.json["data"]

    assert response.json["meta"]["rca_reason"] == (
        "Exports by commodity in T are loaded for JPN only; the index compares at least two reporters."
    )
    names = ("value", "world_value", "world_share_pct", "rca", "rca_status", "rca_world")
    assert select_columns(rows, *names) == [(60, None, None, None, "no_world", ["JPN"])]


def test_the_world_consists_of_reporters_with_known_exports(client, publish_exports):
    publish_exports("JPN", {"TOTAL": 100, "A": 60, "B": 40})
    publish_exports("USA", {"TOTAL": 300, "A": 40}, exhaustive=False)
    publish_exports("KOR", {"TOTAL": 100, "B": 10, "A": (None, "Q")})
    publish_exports("DEU", {"TOTAL": 100, "B": 50})

    rows = fetch_advantages(client)

    # A: Germany, whose source is exhaustive, exports none of it: 60 + 40 + 0 of 500. B: 40 + 10 + 50 of 300.
    assert select_columns(rows, "commodity", "world_value", "rca_world", "rca") == [
        ("A", 100, ["JPN", "DEU", "USA"], 3.0),
        ("B", 100, ["JPN", "DEU", "KOR"], 1.2),
    ]


def test_unreported_levels_are_not_zero(client, publish_exports):
    publish_exports("JPN", {"TOTAL": 100, "A": 60, "A1": 50})
    publish_exports("USA", {"TOTAL": 300, "A": 40})
    publish_exports("KOR", {"TOTAL": 100, "A": 20, "A1": 10})

    rows = fetch_advantages(client, level="2")

    # 50 of 100 over 60 of 200.
    assert select_columns(rows, "commodity", "rca_world", "rca") == [("A1", ["JPN", "KOR"], 1.6667)]


def test_world_exports_are_converted_at_the_mean_rate(client, figures, publish_exports):
    publish_exports("JPN", {"TOTAL": 9_600, "A": 5_760}, currency="JPY")
    publish_exports("USA", {"TOTAL": 300, "A": 40})
    days = ("2021-01-04", "2021-12-31")
    rates = [("EUR", 1, 1), ("USD", 1, 1), ("JPY", 80, 120)]
    figures.execute(
        "INSERT INTO exchange_rate (currency, day, per_euro) VALUES "
        + ", ".join(
            f"('{code}', '{day}', {rate})" for code, *both in rates for day, rate in zip(days, both, strict=True)
        )
    )

    (row,) = fetch_advantages(client)

    # Dollars for a yen: 1/80 and 1/120, on average 1/96. 60 dollars of 100; with 40 of 300, 100 of 400.
    assert select_columns([row], "currency", "value", "world_value", "rca") == [("USD", 60, 100, 2.4)]


def test_reporters_without_exchange_rates_are_excluded_from_the_world(client, publish_exports):
    publish_exports("JPN", {"TOTAL": 100, "A": 60})
    publish_exports("USA", {"TOTAL": 300, "A": 40})
    publish_exports("SAU", {"TOTAL": 300, "A": 40}, currency="SAR")

    of_japan = fetch_advantages(client)
    of_saudi_arabia = fetch_advantages(client, reporter="SAU")

    assert select_columns(of_japan, "rca_world", "rca") == [(["JPN", "USA"], 2.4)]
    assert select_columns(of_saudi_arabia, "value", "rca", "rca_status") == [(None, None, "no_exchange_rate")]


def test_an_incomplete_year_has_no_rca(client, figures):
    for reporter, months in (("JPN", 12), ("USA", 12), ("KOR", 11)):
        values = {"TOTAL": 10, "A": 6 if reporter == "JPN" else 2}
        cells = {("X", "WLD", c, f"2021-{m:02}"): v for c, v in values.items() for m in range(1, months + 1)}
        figures(cells, code=f"{reporter.lower()}-m", reporter=reporter)

    of_japan, of_korea = fetch_advantages(client), fetch_advantages(client, reporter="KOR")

    # 72 of 120 over 96 of 240.
    assert select_columns(of_japan, "rca_world", "rca") == [(["JPN", "USA"], 1.5)]
    assert select_columns(of_korea, "rca", "rca_status") == [(None, "value_missing")]


def test_rows_are_sorted_by_descending_rca_and_paginated(client, publish_exports):
    publish_exports("JPN", {"TOTAL": 100, "A": 40, "B": 60})
    publish_exports("USA", {"TOTAL": 300, "A": 260, "B": 40})

    own_order = fetch_advantages(client)
    by_value = fetch_advantages(client, sort="value")
    first = client.get("/v1/comparative-advantage", query_string=QUERY | {"limit": "1", "count": "exact"}).json
    second = client.get(first["links"]["next"]).json

    assert select_columns(own_order, "commodity", "rca") == [("B", 2.4), ("A", 0.5333)]
    assert select_columns(by_value, "commodity") == [("A",), ("B",)]
    assert select_columns(first["data"] + second["data"], "commodity") == [("B",), ("A",)]
    assert (first["meta"]["total"], second["links"]["next"]) == (2, None)
    assert (first["meta"]["as_of"], [source["dataset"] for source in first["meta"]["sources"]]) == (
        "2024-02-28",
        ["jpn-a", "usa-a"],
    )


def test_rca_is_as_of_the_requested_day(client, publish_exports):
    publish_exports("JPN", {"TOTAL": 100, "A": 60}, published="2022-02-01")
    publish_exports("USA", {"TOTAL": 300, "A": 40}, published="2022-02-01")
    publish_exports("USA", {"TOTAL": 300, "A": 140}, published="2022-06-01")

    assert select_columns(fetch_advantages(client, as_of="2022-03-01"), "rca") == [(2.4,)]
    assert select_columns(fetch_advantages(client), "rca") == [(1.2,)]


def test_an_empty_result_has_an_empty_reason(client, publish_exports):
    publish_exports("JPN", {"TOTAL": 100, "A": 60})

    reasons = {
        reporter: client.get("/v1/comparative-advantage", query_string=QUERY | question).json["meta"]["empty_reason"]
        for reporter, question in (("JPN", {"period": "2030"}), ("USA", {"reporter": "USA"}))
    }

    assert reasons == {"JPN": "not_published", "USA": "not_covered"}


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ({"commodity": "C"}, "commodity"),
        ({"currency": "USX"}, "currency"),
        ({"classification": "X9"}, "classification"),
    ],
)
def test_unknown_values_are_rejected(client, publish_exports, question, parameter):
    publish_exports("JPN", {"TOTAL": 100, "A": 60})

    answer = client.get("/v1/comparative-advantage", query_string=QUERY | question)

    # The database of the test has no exchange rates, which is an error of the default currency.
    found = {error["parameter"] for error in answer.json["errors"]} - {"currency"}
    assert (answer.status_code, found) == (422, {parameter} - {"currency"})


def test_rsca_is_the_symmetric_form(client, publish_exports):
    publish_exports("JPN", {"TOTAL": 100, "A": 60, "B": 40})
    publish_exports("USA", {"TOTAL": 300, "A": 40, "B": 260})

    # (2.4 - 1) / (2.4 + 1) = 0.41176, and (8/15 - 1) / (8/15 + 1) = -7/23 = -0.30435.
    assert select_columns(fetch_advantages(client), "commodity", "rsca") == [("A", 0.4118), ("B", -0.3043)]


def test_a_fixed_world_holds_the_same_reporters_in_every_period(client, publish_exports):
    publish_exports("JPN", {"TOTAL": 100, "A": 60})
    publish_exports("USA", {"TOTAL": 300, "A": 40})
    publish_exports("DEU", {"TOTAL": 100, "A": 50})
    publish_exports("KOR", {"TOTAL": 100, "A": (None, "Q")})

    fixed = fetch_advantages(client, commodity="A", world="USA")
    incomplete = fetch_advantages(client, commodity="A", world="USA,KOR")

    # Without Germany: 60 of 100 over 100 of 400.
    names = ("rca", "rca_status", "rca_world")
    assert select_columns(fixed, *names) == [(2.4, "ok", ["JPN", "USA"])]
    assert select_columns(incomplete, *names) == [(None, "incomplete_world", ["JPN", "USA"])]


def test_rca_is_independent_of_other_requested_commodities(client, publish_exports):
    publish_exports("JPN", {"TOTAL": 100, "A": 60, "B": 40})
    publish_exports("USA", {"TOTAL": 300, "B": 300})

    # The United States exported no A: 60 of 100 over 60 of 400 is 4.
    for commodity in ("A", "all"):
        assert select_columns(fetch_advantages(client, commodity=commodity), "commodity", "rca")[0] == ("A", 4.0)


@pytest.mark.parametrize(
    ("period", "shown"), [("2021", ["2021"]), ("2020..2021", ["2020", "2021"]), ("latest", ["2022"])]
)
def test_a_year_has_no_row_of_the_year_after_it(client, figures, period, shown):
    figures({("X", "WLD", code, str(year)): 10 for code in ("TOTAL", "A") for year in (2020, 2021, 2022)})

    assert [row["period"] for row in fetch_advantages(client, period=period)] == shown


def test_a_quarter_has_no_row_of_the_quarter_after_it(client, figures):
    figures({("X", "WLD", code, f"2021-{n:02}"): n for code in ("TOTAL", "A") for n in range(1, 9)})

    rows = fetch_advantages(client, frequency="Q", period="2021-Q1..2021-Q2")

    # 1 + 2 + 3, and 4 + 5 + 6
    assert select_columns(rows, "period", "value") == [("2021-Q1", 6), ("2021-Q2", 15)]

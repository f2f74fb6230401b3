"""Revealed comparative advantage: a good's share in a reporter's exports over its share in the loaded world's."""

import pytest

QUESTION = {"reporter": "JPN", "frequency": "A", "period": "2021", "level": "1"}


def advantages(client, **question):
    answer = client.get("/v1/comparative-advantage", query_string=QUESTION | question)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


@pytest.fixture
def exports(figures):
    """Return a function that publishes a reporter's exports to the World of 2021, by commodity."""

    def publish(reporter, by_commodity, **described):
        cells = {("X", "WLD", code, "2021"): value for code, value in by_commodity.items()}
        figures(cells, **{"code": f"{reporter.lower()}-a", "reporter": reporter} | described)

    return publish


def test_it_is_the_share_in_the_reporters_exports_over_that_in_the_worlds(client, exports):
    exports("JPN", {"TOTAL": 100, "A": 60, "B": 40})
    exports("USA", {"TOTAL": 300, "A": 40, "B": 260})

    rows = advantages(client)

    # A: 60 of 100 are 0.6; with the United States 100 of 400, 0.25. B: 0.4 over 300 of 400, 0.75.
    names = ("commodity", "value", "commodity_share_pct", "world_value", "world_share_pct", "rca", "rca_status")
    assert columns(rows, *names) == [("A", 60, 60.0, 100, 25.0, 2.4, "ok"), ("B", 40, 40.0, 300, 75.0, 0.5333, "ok")]
    assert columns(rows, "rca_world", "rca_classifications") == [(["JPN", "USA"], ["T"])] * 2


def test_there_is_none_of_a_single_reporter(client, exports):
    exports("JPN", {"TOTAL": 100, "A": 60})
    exports("USA", {"TOTAL": 300}, classification="H6")

    rows = advantages(client)

    names = ("value", "world_value", "world_share_pct", "rca", "rca_status", "rca_world")
    assert columns(rows, *names) == [(60, None, None, None, "no_world", ["JPN"])]


def test_the_world_is_those_of_whom_the_good_is_known(client, exports):
    exports("JPN", {"TOTAL": 100, "A": 60, "B": 40})
    exports("USA", {"TOTAL": 300, "A": 40}, exhaustive=False)
    exports("KOR", {"TOTAL": 100, "B": 10, "A": (None, "Q")})
    exports("DEU", {"TOTAL": 100, "B": 50})

    rows = advantages(client)

    # A: Germany, whose source is exhaustive, exports none of it: 60 + 40 + 0 of 500. B: 40 + 10 + 50 of 300.
    assert columns(rows, "commodity", "world_value", "rca_world", "rca") == [
        ("A", 100, ["JPN", "DEU", "USA"], 3.0),
        ("B", 100, ["JPN", "DEU", "KOR"], 1.2),
    ]


def test_a_source_that_does_not_go_down_to_a_level_is_not_taken_for_zero(client, exports):
    exports("JPN", {"TOTAL": 100, "A": 60, "A1": 50})
    exports("USA", {"TOTAL": 300, "A": 40})
    exports("KOR", {"TOTAL": 100, "A": 20, "A1": 10})

    rows = advantages(client, level="2")

    # 50 of 100 over 60 of 200.
    assert columns(rows, "commodity", "rca_world", "rca") == [("A1", ["JPN", "KOR"], 1.6667)]


def test_exports_are_added_up_in_dollars_at_the_mean_rate_of_the_period(client, figures, exports):
    exports("JPN", {"TOTAL": 9_600, "A": 5_760}, currency="JPY")
    exports("USA", {"TOTAL": 300, "A": 40})
    days = ("2021-01-04", "2021-12-31")
    rates = [("EUR", 1, 1), ("USD", 1, 1), ("JPY", 80, 120)]
    figures.execute(
        "INSERT INTO exchange_rate (currency, day, per_euro) VALUES "
        + ", ".join(
            f"('{code}', '{day}', {rate})" for code, *both in rates for day, rate in zip(days, both, strict=True)
        )
    )

    (row,) = advantages(client)

    # Dollars for a yen: 1/80 and 1/120, on average 1/96. 60 dollars of 100; with 40 of 300, 100 of 400.
    assert columns([row], "currency", "value", "world_value", "rca") == [("USD", 60, 100, 2.4)]


def test_who_cannot_be_converted_is_not_of_the_world(client, exports):
    exports("JPN", {"TOTAL": 100, "A": 60})
    exports("USA", {"TOTAL": 300, "A": 40})
    exports("SAU", {"TOTAL": 300, "A": 40}, currency="SAR")

    of_japan = advantages(client)
    of_saudi_arabia = advantages(client, reporter="SAU")

    assert columns(of_japan, "rca_world", "rca") == [(["JPN", "USA"], 2.4)]
    assert columns(of_saudi_arabia, "value", "rca", "rca_status") == [(None, None, "no_exchange_rate")]


def test_an_incomplete_year_is_compared_with_nobody(client, figures):
    for reporter, months in (("JPN", 12), ("USA", 12), ("KOR", 11)):
        values = {"TOTAL": 10, "A": 6 if reporter == "JPN" else 2}
        cells = {("X", "WLD", c, f"2021-{m:02}"): v for c, v in values.items() for m in range(1, months + 1)}
        figures(cells, code=f"{reporter.lower()}-m", reporter=reporter)

    of_japan, of_korea = advantages(client), advantages(client, reporter="KOR")

    # 72 of 120 over 96 of 240.
    assert columns(of_japan, "rca_world", "rca") == [(["JPN", "USA"], 1.5)]
    assert columns(of_korea, "rca", "rca_status") == [(None, "value_missing")]


def test_rows_come_by_falling_advantage_and_can_be_sorted_and_paged(client, exports):
    exports("JPN", {"TOTAL": 100, "A": 40, "B": 60})
    exports("USA", {"TOTAL": 300, "A": 260, "B": 40})

    own_order = advantages(client)
    by_value = advantages(client, sort="value")
    first = client.get("/v1/comparative-advantage", query_string=QUESTION | {"limit": "1", "count": "exact"}).json
    second = client.get(first["links"]["next"]).json

    assert columns(own_order, "commodity", "rca") == [("B", 2.4), ("A", 0.5333)]
    assert columns(by_value, "commodity") == [("A",), ("B",)]
    assert columns(first["data"] + second["data"], "commodity") == [("B",), ("A",)]
    assert (first["meta"]["total"], second["links"]["next"]) == (2, None)
    assert (first["meta"]["as_of"], [source["dataset"] for source in first["meta"]["sources"]]) == (
        "2024-02-28",
        ["jpn-a", "usa-a"],
    )


def test_it_is_as_known_on_the_day_asked_for(client, exports):
    exports("JPN", {"TOTAL": 100, "A": 60}, published="2022-02-01")
    exports("USA", {"TOTAL": 300, "A": 40}, published="2022-02-01")
    exports("USA", {"TOTAL": 300, "A": 140}, published="2022-06-01")

    assert columns(advantages(client, as_of="2022-03-01"), "rca") == [(2.4,)]
    assert columns(advantages(client), "rca") == [(1.2,)]


def test_where_nothing_is_loaded_the_answer_says_why(client, exports):
    exports("JPN", {"TOTAL": 100, "A": 60})

    reasons = {
        reporter: client.get("/v1/comparative-advantage", query_string=QUESTION | question).json["meta"]["empty_reason"]
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
def test_what_is_not_there_is_refused(client, exports, question, parameter):
    exports("JPN", {"TOTAL": 100, "A": 60})

    answer = client.get("/v1/comparative-advantage", query_string=QUESTION | question)

    assert (answer.status_code, [error["parameter"] for error in answer.json["errors"]]) == (422, [parameter])

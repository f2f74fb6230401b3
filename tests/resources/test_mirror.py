"""Mirror statistics: what both sides report of one flow, in one currency, and the gap between them."""

import csv

import pytest
from sqlalchemy import create_engine

from service.app import create_app
from service.ingest.catalog.exchange_rates import enter_exchange_rates
from service.ingest.release.publish import in_one_transaction
from service.ingest.sources import us_census
from tests.mapped import load_mapped, load_source

QUESTION = {"reporter": "JPN", "partner": "USA", "flow": "X", "period": "2024-01"}
NOTES = "valuation;origin;time_lag"
RATES = "INSERT INTO exchange_rate (currency, day, per_euro) VALUES " + ", ".join(
    f"('{currency}', '{month}-{day}', {per_euro})"
    for month, yen in (("2023-01", 100), ("2024-01", 125))
    for currency, per_euro in (("EUR", 1), ("USD", 1), ("JPY", yen))
    for day in ("02", "31")
)


def mirror(client, **question):
    answer = client.get("/v1/mirror", query_string=QUESTION | question)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def one(client, **question):
    (row,) = mirror(client, **question)
    return row


def columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


@pytest.fixture
def japan(figures):
    """Return a function that publishes Japan's exports to the United States, in yen."""

    def publish(by_month, **described):
        cells = {("X", "USA", "TOTAL", month): value for month, value in by_month.items()}
        figures(cells, **{"code": "jpn-m", "currency": "JPY", "published": "2024-02-28"} | described)

    return publish


@pytest.fixture
def states(figures):
    """Return a function that publishes the United States' imports from Japan, in dollars."""

    def publish(by_month, **described):
        cells = {("M", "JPN", "TOTAL", month): value for month, value in by_month.items()}
        own = {"code": "usa-m", "reporter": "USA", "currency": "USD", "import_valuation": "customs value"}
        figures(cells, **own | {"published": "2024-03-07"} | described)

    return publish


def test_both_reports_stand_side_by_side_with_their_gap(client, figures, japan, states):
    japan({"2023-01": (10_000, "P"), "2024-01": (12_500, "P")})
    states({"2023-01": 100, "2024-01": 130})
    figures.execute(RATES)

    row = one(client, currency="USD")

    # 12,500 yen at 125 for a dollar are 100 dollars, as 10,000 at 100 were a year before; 130 - 100 is 30 % of 100.
    assert columns(
        [row], "value", "reported_value", "reported_currency", "exchange_rate", "valuation", "obs_status"
    ) == [(100, 12_500, "JPY", 0.008, "FOB", "P")]
    assert columns([row], "mirror_value", "mirror_reported_value", "mirror_reported_currency") == [(130, 130, "USD")]
    assert columns([row], "mirror_exchange_rate", "mirror_valuation", "mirror_obs_status") == [
        (None, "customs value", "A")
    ]
    assert columns([row], "release", "mirror_release") == [("jpn-m-2024-02-28", "usa-m-2024-03-07")]
    assert columns([row], "yoy_pct", "mirror_yoy_pct", "gap", "gap_pct") == [(0.0, 30.0, 30, 30.0)]
    assert row["notes"] == ["valuation", "origin", "time_lag", "exchange_rate", "revisions"]


def test_the_currency_is_the_reporters_where_none_is_asked_for(client, figures, japan, states):
    japan({"2024-01": 12_500})
    states({"2024-01": 130})
    figures.execute(RATES)

    row = one(client)

    # 130 dollars at 125 yen are 16,250; the gap of 3,750 is 30 % of 12,500 again.
    names = ("currency", "value", "exchange_rate", "mirror_value", "mirror_exchange_rate", "gap", "gap_pct")
    assert columns([row], *names) == [("JPY", 12_500, None, 16_250, 125.0, 3_750, 30.0)]


def test_the_other_side_asks_the_same_from_its_end(client, figures, japan, states):
    japan({"2024-01": 12_500})
    states({"2024-01": 130})
    figures.execute(RATES)

    row = one(client, reporter="USA", partner="JPN", flow="M")

    # 100 dollars, reported by Japan, are 30 less than the 130 of the United States: 23.0769 % of these.
    names = ("flow", "mirror_flow", "currency", "value", "mirror_value", "gap", "gap_pct")
    assert columns([row], *names) == [("M", "X", "USD", 130, 100, -30, -23.0769)]


@pytest.mark.parametrize(
    ("own", "other", "statuses"),
    [
        ({"2024-01": 5}, {}, ("ok", "not_covered")),
        ({}, {"2024-01": 5}, ("not_covered", "ok")),
        ({"2024-01": 5}, {"2023-12": 5}, ("ok", "not_published")),
        ({"2024-01": (None, "Q")}, {"2024-01": 5}, ("suppressed", "ok")),
        ({"2024-01": 5}, {"2024-01": None}, ("ok", "value_missing")),
    ],
)
def test_a_side_that_is_missing_is_said_to_be_and_is_not_zero(client, japan, states, own, other, statuses):
    if own:
        japan(own, currency="USD")
    if other:
        states(other)

    row = one(client)

    assert (row["value_status"], row["mirror_value_status"]) == statuses
    assert [row["value"] is None, row["mirror_value"] is None] == [status != "ok" for status in statuses]
    assert (row["gap"], row["gap_pct"], row["notes"]) == (None, None, [])


def test_what_an_exhaustive_source_does_not_print_is_no_trade(client, figures, japan):
    japan({"2024-01": 5}, currency="USD")
    figures({("M", "CHN", "TOTAL", "2024-01"): 7}, code="usa-m", reporter="USA")

    row = one(client)

    names = ("mirror_value", "mirror_reported_value", "mirror_value_status", "gap", "gap_pct")
    assert columns([row], *names) == [(0, 0, "ok", -5, -100.0)]


def test_without_exchange_rates_both_stand_as_reported(client, japan, states):
    japan({"2024-01": 12_500})
    states({"2024-01": 130})

    row = one(client)

    names = ("value", "value_status", "mirror_value", "mirror_reported_value", "mirror_value_status", "gap")
    assert columns([row], *names) == [(12_500, "ok", None, 130, "no_exchange_rate", None)]


def test_the_newest_period_is_the_newest_that_both_have_published(client, japan, states):
    japan({"2023-12": 1, "2024-01": 2}, currency="USD")
    states({"2023-12": 3, "2024-01": 4, "2024-02": 5}, published="2024-04-04")

    newest = mirror(client, period="latest")
    all_periods = mirror(client, period="2023-12..")

    assert columns(newest, "period", "gap") == [("2024-01", 2)]
    assert columns(all_periods, "period", "value_status", "gap") == [
        ("2023-12", "ok", 2),
        ("2024-01", "ok", 2),
        ("2024-02", "not_published", None),
    ]


def test_quarters_are_compared_where_both_have_all_their_months(client, japan, states):
    japan({f"2023-{month:02}": 10 for month in range(7, 13)}, currency="USD")
    states({f"2023-{month:02}": 11 for month in range(7, 12)})

    rows = mirror(client, frequency="Q", period="2023-Q3..2023-Q4")

    assert columns(rows, "period", "value", "mirror_value", "mirror_value_status", "gap_pct") == [
        ("2023-Q3", 30, 33, "ok", 10.0),
        ("2023-Q4", 30, 22, "incomplete_period", None),
    ]


def test_goods_are_compared_within_one_classification(client, figures):
    goods = {"TOTAL": 10, "A": 6, "B": 4}
    figures({("X", "USA", code, "2024-01"): value for code, value in goods.items()}, code="jpn-m")
    figures({("M", "JPN", code, "2024-01"): value + 2 for code, value in goods.items()}, code="usa-m", reporter="USA")

    rows = mirror(client, commodity="all", level="1")
    largest = mirror(client, commodity="all", level="1", sort="-gap_pct", limit="1")

    assert columns(rows, "commodity", "value", "mirror_value", "gap") == [("A", 6, 8, 2), ("B", 4, 6, 2)]
    assert columns(largest, "commodity", "gap_pct") == [("B", 50.0)]


def test_across_classifications_all_goods_alone_are_compared(client, figures, states):
    figures({("X", "USA", code, "2024-01"): value for code, value in {"TOTAL": 10, "A": 6}.items()}, code="jpn-m")
    states({"2024-01": 12}, classification="H6")

    rows = mirror(client, commodity="TOTAL,A")

    names = ("commodity", "classification", "value", "mirror_value", "mirror_value_status", "gap")
    assert columns(rows, *names) == [("A", "T", 6, None, "not_covered", None), ("TOTAL", "T", 10, 12, "ok", 2)]


def test_the_partners_dataset_is_the_one_that_has_published_most(client, japan, states):
    japan({"2023-12": 1, "2024-01": 1}, currency="USD")
    states({"2024-01": 2}, code="usa-goods-m")
    states({"2023-12": 3, "2024-01": 3}, code="usa-totals-m", classification="H6")

    chosen = mirror(client, period="2023-12..2024-01")
    named = mirror(client, period="2023-12..2024-01", mirror_dataset="usa-goods-m")

    assert columns(chosen, "mirror_dataset", "mirror_value") == [("usa-totals-m", 3), ("usa-totals-m", 3)]
    assert columns(named, "period", "mirror_value", "mirror_value_status") == [
        ("2023-12", None, "not_published"),
        ("2024-01", 2, "ok"),
    ]


def test_both_reports_are_those_known_on_the_day_asked_for(client, japan, states):
    japan({"2024-01": 10}, currency="USD", published="2024-02-28")
    states({"2024-01": 12}, published="2024-03-07")
    states({"2024-01": 15}, published="2024-04-04")

    gaps = {day: one(client, as_of=day)["gap"] for day in ("2024-02-28", "2024-03-07", "2024-04-04")}

    assert gaps == {"2024-02-28": None, "2024-03-07": 2, "2024-04-04": 5}


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ({"partner": "ASEAN"}, "partner"),
        ({"partner": "WLD"}, "partner"),
        ({"partner": "USX"}, "partner"),
        ({"reporter": "EU"}, "reporter"),
        ({"flow": "RX"}, "flow"),
        ({"currency": "USX"}, "currency"),
        ({"commodity": "C"}, "commodity"),
        ({"mirror_dataset": "usa"}, "mirror_dataset"),
        ({"period": "2024-01", "frequency": "Q"}, "period"),
    ],
)
def test_what_has_no_two_sides_is_refused(client, japan, states, question, parameter):
    japan({"2024-01": 10}, currency="USD")
    states({"2024-01": 12})

    answer = client.get("/v1/mirror", query_string=QUESTION | question)

    assert (answer.status_code, [error["parameter"] for error in answer.json["errors"]]) == (422, [parameter])


@pytest.mark.parametrize(("period", "reason"), [("2024-01", "not_covered"), ("2030-01", "not_published")])
def test_where_neither_side_has_anything_the_answer_says_why(client, japan, period, reason):
    if reason == "not_published":
        japan({"2024-01": 10}, currency="USD")

    meta = client.get("/v1/mirror", query_string=QUESTION | {"period": period}).json["meta"]

    assert (meta["count"], meta["empty_reason"]) == (0, reason)


def test_the_envelope_names_both_sources_and_what_was_understood(client, figures, japan, states):
    japan({"2024-01": 12_500})
    states({"2024-01": 130})
    figures.execute(RATES)

    meta = client.get("/v1/mirror", query_string=QUESTION | {"partner": "us", "currency": "usd"}).json["meta"]

    assert (meta["as_of"], [source["dataset"] for source in meta["sources"]]) == (
        "2024-03-07",
        ["jpn-m", "usa-m", "ecb-reference-rates"],
    )
    understood = {"reporter": "JPN", "partner": ["USA"], "flow": ["X"], "commodity": ["TOTAL"], "classification": "T"}
    understood |= {"frequency": "M", "period": "2024-01", "currency": "USD", "fx": "average"}
    assert meta["parameters"] == understood


def test_pages_follow_one_another_and_csv_has_the_same_rows(client, japan, states):
    months = {f"2023-{month:02}": month for month in range(1, 13)}
    japan(months, currency="USD")
    states(months)
    question = QUESTION | {"period": "2023", "sort": "-value"}

    found, address = [], client.get("/v1/mirror", query_string=question | {"limit": "5"})
    while True:
        found += address.json["data"]
        if not address.json["links"]["next"]:
            break
        address = client.get(address.json["links"]["next"])
    table = csv.DictReader(client.get("/v1/mirror", query_string=question | {"format": "csv"}).text.splitlines())

    assert [row["value"] for row in found] == list(range(12, 0, -1))
    assert table.fieldnames == list(found[0])
    assert [(line["value"], line["notes"]) for line in table] == [(str(n), NOTES) for n in range(12, 0, -1)]


@pytest.fixture(scope="module")
def both(create_database, template, shared, pytestconfig, tmp_path_factory):
    """Return a client of a service that holds Japan's releases of two Januaries and the US totals by country."""
    engine = create_engine(create_database("both_sides", template=template))
    with in_one_transaction(engine) as session:
        enter_exchange_rates(session)
        session.commit()
    japan, archive = shared / "japan", tmp_path_factory.mktemp("archive")
    months = [japan / "principal" / name for name in ("2023-02-24_2023-01.csv.gz", "2024-02-28_2024-01.csv.gz")]
    mapping = pytestconfig.rootpath / "docs/examples/japan-principal.toml"
    load_mapped(engine, months, mapping=mapping, lists=japan, archive=archive)
    census = sorted((shared / "us_census").glob("*_by_country_monthly_2013_2024.csv.gz"))
    load_source(engine, census, describe=us_census.describe, published="2025-02-05", archive=archive)
    yield create_app(engine).test_client()
    engine.dispose()


def test_japans_exports_to_the_united_states_stand_beside_their_imports_from_japan(both):
    row = one(both, currency="USD")

    # Japan's file: 1,423,390,833 thousand yen, 1,231,101,930 a year before; that of the United States: 12,576,234,409
    # dollars, 11,035,645,331 a year before. The mean of January's 22 cross rates is 0.00683963042054 dollars for a yen,
    # 0.00766275258261 a year before: 9,735.467 and 9,433.630 million dollars.
    assert (row["reported_value"], row["mirror_reported_value"]) == (1_423_390_833_000, 12_576_234_409)
    assert row["exchange_rate"] == pytest.approx(0.00683963042054, rel=1e-9)
    assert row["value"] == pytest.approx(9_735.467e6, abs=0.001e6)
    assert (row["mirror_value"], row["currency"]) == (12_576_234_409, "USD")
    assert row["yoy_pct"] == pytest.approx(100 * (9_735.467 / 9_433.630 - 1), abs=0.001)
    assert row["mirror_yoy_pct"] == pytest.approx(100 * (12_576_234_409 / 11_035_645_331 - 1), abs=0.0001)
    assert row["gap"] == pytest.approx(2_840.767e6, abs=0.002e6)
    assert row["gap_pct"] == pytest.approx(29.180, abs=0.001)
    assert (row["valuation"], row["mirror_valuation"]) == ("FOB", "customs value")
    assert (row["obs_status"], row["mirror_obs_status"]) == ("P", "A")


def test_growth_of_one_flow_differs_by_who_reports_it_and_in_which_currency(both):
    in_yen, in_dollars = one(both), one(both, currency="USD")

    # In yen Japan reports 15.62 % more, as the press wrote.
    assert in_yen["yoy_pct"] == pytest.approx(15.62, abs=0.005)
    assert in_dollars["yoy_pct"] == pytest.approx(3.20, abs=0.005)
    assert in_dollars["mirror_yoy_pct"] == pytest.approx(13.96, abs=0.005)


def test_month_by_month_the_side_that_is_missing_is_said(both):
    rows = mirror(both, period="2023-12..2024-02", currency="USD")

    assert columns(rows, "period", "value_status", "mirror_value_status") == [
        ("2023-12", "not_published", "ok"),
        ("2024-01", "ok", "ok"),
        ("2024-02", "not_published", "ok"),
    ]
    assert rows[0]["gap"] is rows[2]["gap"] is None

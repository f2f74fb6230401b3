"""Mirror statistics: the reports of both sides on one flow, in one currency, and the gap between them."""

import csv

import pytest
from sqlalchemy import create_engine

from service.app import create_app
from service.ingest.catalog.exchange_rates import load_exchange_rates
from service.ingest.release.load_session import open_load_session
from service.ingest.sources import us_census
from tests.support.ingest.loading import load_mapped_files, load_source_files

QUERY = {"reporter": "JPN", "partner": "USA", "flow": "X", "period": "2024-01"}
EXPECTED_NOTES = "valuation;origin;time_lag"
INSERT_EXCHANGE_RATES = "INSERT INTO exchange_rate (currency, day, per_euro) VALUES " + ", ".join(
    f"('{currency}', '{month}-{day}', {per_euro})"
    for month, yen in (("2023-01", 100), ("2024-01", 125))
    for currency, per_euro in (("EUR", 1), ("USD", 1), ("JPY", yen))
    for day in ("02", "31")
)


def fetch_mirror(client, **query):
    answer = client.get("/v1/mirror", query_string=QUERY | query)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def fetch_row(client, **query):
    (row,) = fetch_mirror(client, **query)
    return row


def select_columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


@pytest.fixture
def publish_japan(figures):
    """Return a function that publishes Japan's exports to the United States, in yen."""

    def publish(by_month, **described):
        cells = {("X", "USA", "TOTAL", month): value for month, value in by_month.items()}
        figures(cells, **{"code": "jpn-m", "currency": "JPY", "published": "2024-02-28"} | described)

    return publish


@pytest.fixture
def publish_united_states(figures):
    """Return a function that publishes the United States' imports from Japan, in dollars."""

    def publish(by_month, **described):
        cells = {("M", "JPN", "TOTAL", month): value for month, value in by_month.items()}
        own = {"code": "usa-m", "reporter": "USA", "currency": "USD", "import_valuation": "customs value"}
        figures(cells, **own | {"published": "2024-03-07"} | described)

    return publish


def test_both_reports_are_compared_with_their_discrepancy(client, figures, publish_japan, publish_united_states):
    publish_japan({"2023-01": (10_000, "P"), "2024-01": (12_500, "P")})
    publish_united_states({"2023-01": 100, "2024-01": 130})
    figures.execute(INSERT_EXCHANGE_RATES)

    row = fetch_row(client, currency="USD")

    # 12,500 yen at 125 for a dollar are 100 dollars, as 10,000 at 100 were a year earlier; 130 - 100 is 30% of 100.
    assert select_columns(
        [row], "value", "reported_value", "reported_currency", "exchange_rate", "valuation", "obs_status"
    ) == [(100, 12_500, "JPY", 0.008, "FOB", "P")]
    assert select_columns([row], "mirror_value", "mirror_reported_value", "mirror_reported_currency") == [
        (130, 130, "USD")
    ]
    assert select_columns([row], "mirror_exchange_rate", "mirror_valuation", "mirror_obs_status") == [
        (None, "customs value", "A")
    ]
    assert select_columns([row], "release", "mirror_release") == [("jpn-m-2024-02-28", "usa-m-2024-03-07")]
    assert select_columns([row], "yoy_pct", "mirror_yoy_pct", "gap", "gap_pct") == [(0.0, 30.0, 30, 30.0)]
    assert row["notes"] == ["valuation", "origin", "time_lag", "exchange_rate", "revisions"]


def test_the_default_currency_is_the_reporters(client, figures, publish_japan, publish_united_states):
    publish_japan({"2024-01": 12_500})
    publish_united_states({"2024-01": 130})
    figures.execute(INSERT_EXCHANGE_RATES)

    row = fetch_row(client)

    # 130 dollars at 125 yen are 16,250; the gap of 3,750 is 30% of 12,500 again.
    names = ("currency", "value", "exchange_rate", "mirror_value", "mirror_exchange_rate", "gap", "gap_pct")
    assert select_columns([row], *names) == [("JPY", 12_500, None, 16_250, 125.0, 3_750, 30.0)]


def test_swapping_reporter_and_partner_mirrors_the_result(client, figures, publish_japan, publish_united_states):
    publish_japan({"2024-01": 12_500})
    publish_united_states({"2024-01": 130})
    figures.execute(INSERT_EXCHANGE_RATES)

    row = fetch_row(client, reporter="USA", partner="JPN", flow="M")

    # 100 dollars, reported by Japan, are 30 less than the 130 of the United States: 23.0769% of these.
    names = ("flow", "mirror_flow", "currency", "value", "mirror_value", "gap", "gap_pct")
    assert select_columns([row], *names) == [("M", "X", "USD", 130, 100, -30, -23.0769)]


@pytest.mark.parametrize(
    ("reporter_figures", "partner_figures", "statuses"),
    [
        ({"2024-01": 5}, {}, ("ok", "not_covered")),
        ({}, {"2024-01": 5}, ("not_covered", "ok")),
        ({"2024-01": 5}, {"2023-12": 5}, ("ok", "not_published")),
        ({"2024-01": (None, "Q")}, {"2024-01": 5}, ("suppressed", "ok")),
        ({"2024-01": 5}, {"2024-01": None}, ("ok", "value_missing")),
    ],
)
def test_a_missing_side_has_a_status_and_is_not_zero(
    client, publish_japan, publish_united_states, reporter_figures, partner_figures, statuses
):
    if reporter_figures:
        publish_japan(reporter_figures, currency="USD")
    if partner_figures:
        publish_united_states(partner_figures)

    row = fetch_row(client)

    assert (row["value_status"], row["mirror_value_status"]) == statuses
    assert [row["value"] is None, row["mirror_value"] is None] == [status != "ok" for status in statuses]
    assert (row["gap"], row["gap_pct"], row["notes"]) == (None, None, [])


def test_a_missing_figure_of_an_exhaustive_source_is_zero(client, figures, publish_japan):
    publish_japan({"2024-01": 5}, currency="USD")
    figures({("M", "CHN", "TOTAL", "2024-01"): 7}, code="usa-m", reporter="USA")

    row = fetch_row(client)

    names = ("mirror_value", "mirror_reported_value", "mirror_value_status", "gap", "gap_pct")
    assert select_columns([row], *names) == [(0, 0, "ok", -5, -100.0)]


def test_without_exchange_rates_reported_values_are_returned(client, publish_japan, publish_united_states):
    publish_japan({"2024-01": 12_500})
    publish_united_states({"2024-01": 130})

    row = fetch_row(client)

    names = ("value", "value_status", "mirror_value", "mirror_reported_value", "mirror_value_status", "gap")
    assert select_columns([row], *names) == [(12_500, "ok", None, 130, "no_exchange_rate", None)]


def test_latest_is_the_newest_period_of_both_sides(client, publish_japan, publish_united_states):
    publish_japan({"2023-12": 1, "2024-01": 2}, currency="USD")
    publish_united_states({"2023-12": 3, "2024-01": 4, "2024-02": 5}, published="2024-04-04")

    newest = fetch_mirror(client, period="latest")
    all_periods = fetch_mirror(client, period="2023-12..")

    assert select_columns(newest, "period", "gap") == [("2024-01", 2)]
    assert select_columns(all_periods, "period", "value_status", "gap") == [
        ("2023-12", "ok", 2),
        ("2024-01", "ok", 2),
        ("2024-02", "not_published", None),
    ]


def test_quarters_are_compared_only_if_complete_on_both_sides(client, publish_japan, publish_united_states):
    publish_japan({f"2023-{month:02}": 10 for month in range(7, 13)}, currency="USD")
    publish_united_states({f"2023-{month:02}": 11 for month in range(7, 12)})

    rows = fetch_mirror(client, frequency="Q", period="2023-Q3..2023-Q4")

    assert select_columns(rows, "period", "value", "mirror_value", "mirror_value_status", "gap_pct") == [
        ("2023-Q3", 30, 33, "ok", 10.0),
        ("2023-Q4", 30, 22, "incomplete_period", None),
    ]


def test_commodities_are_compared_within_one_classification(client, figures):
    goods = {"TOTAL": 10, "A": 6, "B": 4}
    figures({("X", "USA", code, "2024-01"): value for code, value in goods.items()}, code="jpn-m")
    figures({("M", "JPN", code, "2024-01"): value + 2 for code, value in goods.items()}, code="usa-m", reporter="USA")

    rows = fetch_mirror(client, commodity="all", level="1")
    largest = fetch_mirror(client, commodity="all", level="1", sort="-gap_pct", limit="1")

    assert select_columns(rows, "commodity", "value", "mirror_value", "gap") == [("A", 6, 8, 2), ("B", 4, 6, 2)]
    assert select_columns(largest, "commodity", "gap_pct") == [("B", 50.0)]


def test_across_classifications_only_totals_are_compared(client, figures, publish_united_states):
    figures({("X", "USA", code, "2024-01"): value for code, value in {"TOTAL": 10, "A": 6}.items()}, code="jpn-m")
    publish_united_states({"2024-01": 12}, classification="H6")

    rows = fetch_mirror(client, commodity="TOTAL,A")

    names = ("commodity", "classification", "value", "mirror_value", "mirror_value_status", "gap")
    assert select_columns(rows, *names) == [("A", "T", 6, None, "not_covered", None), ("TOTAL", "T", 10, 12, "ok", 2)]


def test_the_partner_dataset_has_the_most_published_periods(client, publish_japan, publish_united_states):
    publish_japan({"2023-12": 1, "2024-01": 1}, currency="USD")
    publish_united_states({"2024-01": 2}, code="usa-goods-m")
    publish_united_states({"2023-12": 3, "2024-01": 3}, code="usa-totals-m", classification="H6")

    chosen = fetch_mirror(client, period="2023-12..2024-01")
    named = fetch_mirror(client, period="2023-12..2024-01", mirror_dataset="usa-goods-m")

    assert select_columns(chosen, "mirror_dataset", "mirror_value") == [("usa-totals-m", 3), ("usa-totals-m", 3)]
    assert select_columns(named, "period", "mirror_value", "mirror_value_status") == [
        ("2023-12", None, "not_published"),
        ("2024-01", 2, "ok"),
    ]


def test_both_reports_are_as_of_the_requested_day(client, publish_japan, publish_united_states):
    publish_japan({"2024-01": 10}, currency="USD", published="2024-02-28")
    publish_united_states({"2024-01": 12}, published="2024-03-07")
    publish_united_states({"2024-01": 15}, published="2024-04-04")

    gaps = {day: fetch_row(client, as_of=day)["gap"] for day in ("2024-02-28", "2024-03-07", "2024-04-04")}

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
def test_requests_without_two_sides_are_rejected(client, publish_japan, publish_united_states, question, parameter):
    publish_japan({"2024-01": 10}, currency="USD")
    publish_united_states({"2024-01": 12})

    answer = client.get("/v1/mirror", query_string=QUERY | question)

    assert (answer.status_code, [error["parameter"] for error in answer.json["errors"]]) == (422, [parameter])


@pytest.mark.parametrize(("period", "reason"), [("2024-01", "not_covered"), ("2030-01", "not_published")])
def test_an_empty_result_has_an_empty_reason(client, publish_japan, period, reason):
    if reason == "not_published":
        publish_japan({"2024-01": 10}, currency="USD")

    meta = client.get("/v1/mirror", query_string=QUERY | {"period": period}).json["meta"]

    assert (meta["count"], meta["empty_reason"]) == (0, reason)


def test_the_envelope_has_both_sources_and_resolved_parameters(client, figures, publish_japan, publish_united_states):
    publish_japan({"2024-01": 12_500})
    publish_united_states({"2024-01": 130})
    figures.execute(INSERT_EXCHANGE_RATES)

    meta = client.get("/v1/mirror", query_string=QUERY | {"partner": "us", "currency": "usd"}).json["meta"]

    assert (meta["as_of"], [source["dataset"] for source in meta["sources"]]) == (
        "2024-03-07",
        ["jpn-m", "usa-m", "ecb-reference-rates"],
    )
    understood = {"reporter": "JPN", "partner": ["USA"], "flow": ["X"], "commodity": ["TOTAL"], "classification": "T"}
    understood |= {"frequency": "M", "period": "2024-01", "currency": "USD", "fx": "average"}
    assert meta["parameters"] == understood


def test_pages_and_csv_have_the_same_rows(client, publish_japan, publish_united_states):
    months = {f"2023-{month:02}": month for month in range(1, 13)}
    publish_japan(months, currency="USD")
    publish_united_states(months)
    question = QUERY | {"period": "2023", "sort": "-value"}

    found, address = [], client.get("/v1/mirror", query_string=question | {"limit": "5"})
    while True:
        found += address.json["data"]
        if not address.json["links"]["next"]:
            break
        address = client.get(address.json["links"]["next"])
    table = csv.DictReader(client.get("/v1/mirror", query_string=question | {"format": "csv"}).text.splitlines())

    assert [row["value"] for row in found] == list(range(12, 0, -1))
    assert table.fieldnames == list(found[0])
    assert [(line["value"], line["notes"]) for line in table] == [(str(n), EXPECTED_NOTES) for n in range(12, 0, -1)]


@pytest.fixture(scope="module")
def both_sides_client(create_database, template, shared_data, pytestconfig, tmp_path_factory):
    """Return a client of a service that holds Japan's releases of two Januaries and the US totals by country."""
    engine = create_engine(create_database("both_sides", template=template))
    with open_load_session(engine) as session:
        load_exchange_rates(session)
        session.commit()
    japan, archive = shared_data / "japan", tmp_path_factory.mktemp("archive")
    months = [japan / "principal" / name for name in ("2023-02-24_2023-01.csv.gz", "2024-02-28_2024-01.csv.gz")]
    mapping = pytestconfig.rootpath / "docs/examples/japan-principal.toml"
    load_mapped_files(engine, months, mapping=mapping, codelist_folder=japan, archive_folder=archive)
    census = sorted((shared_data / "us_census").glob("*_by_country_monthly_2013_2024.csv.gz"))
    load_source_files(engine, census, describe=us_census.describe, published_on="2025-02-05", archive_folder=archive)
    yield create_app(engine).test_client()
    engine.dispose()


def test_japans_exports_are_compared_with_us_imports(both_sides_client):
    row = fetch_row(both_sides_client, currency="USD")

    # Japan's file: 1,423,390,833 thousand yen, 1,231,101,930 a year earlier; that of the United States: 12,576,234,409
    # dollars, 11,035,645,331 a year earlier. The mean of January's 22 cross rates is 0.00683963042054 dollars for a
    # yen, 0.00766275258261 a year earlier: 9,735.467 and 9,433.630 million dollars.
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


def test_growth_differs_by_reporting_side_and_currency(both_sides_client):
    in_yen, in_dollars = fetch_row(both_sides_client), fetch_row(both_sides_client, currency="USD")

    # In yen Japan reports 15.62% more, as the press wrote.
    assert in_yen["yoy_pct"] == pytest.approx(15.62, abs=0.005)
    assert in_dollars["yoy_pct"] == pytest.approx(3.20, abs=0.005)
    assert in_dollars["mirror_yoy_pct"] == pytest.approx(13.96, abs=0.005)


def test_each_month_has_the_status_of_the_missing_side(both_sides_client):
    rows = fetch_mirror(both_sides_client, period="2023-12..2024-02", currency="USD")

    assert select_columns(rows, "period", "value_status", "mirror_value_status") == [
        ("2023-12", "not_published", "ok"),
        ("2024-01", "ok", "ok"),
        ("2024-02", "not_published", "ok"),
    ]
    assert rows[0]["gap"] is rows[2]["gap"] is None


def test_the_default_frequency_is_the_finest_one_of_the_reporter(client, publish_japan, publish_united_states):
    publish_japan({"2022": 50, "2023": 60}, frequency="A")
    publish_united_states({f"2023-{month:02}": 20 for month in range(1, 13)})

    found = fetch_mirror(client, period="2023")

    assert select_columns(found, "frequency", "period", "value", "mirror_value_status") == [
        ("A", "2023", 60, "no_exchange_rate")
    ]

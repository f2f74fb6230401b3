"""The statements of a briefing: every figure of the first case, and the request that reproduces it."""

from decimal import Decimal

import pytest

BRIEFING_PATH = "/v1/briefings/JPN/2024-01?currency=USD&fx=2024-02-21"


def fetch_statements(client, path):
    """Return the statements of a briefing by their id."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.json
    by_id = {one["id"]: one for one in answer.json["data"]}
    assert len(by_id) == len(answer.json["data"])
    return by_id


def fetch_sentences(client, path):
    return {key: one["sentence"] for key, one in fetch_statements(client, path).items()}


@pytest.fixture(scope="module")
def case_statements(demo):
    """Return the statements of the briefing by their id."""
    return fetch_statements(demo, BRIEFING_PATH)


MEASURE_STATEMENT = "measure-jpn-chipmaking-equipment-2023"
CHIP_EXPORTS = "exports of semiconductor machinery etc"


@pytest.mark.parametrize(
    ("claim", "statement", "words"),
    [
        ("exports to China surged 29.2%", "exports-CHN", "Exports to China were 1.25 trillion yen, up 29.2%"),
        ("total exports reached 7.33 trillion yen", "exports", "exports in January 2024 were 7.33 trillion yen"),
        ("which is $48.87 billion", "exports-in-USD", "7.33 trillion yen, as rounded above, are 48.87 billion US"),
        ("up 11.9%", "exports", "up 11.9% from a year earlier"),
        ("a second month of growth", "exports", "the second month of growth in a row."),
        ("the deficit halved", "balance", "after 3.50 trillion yen a year earlier: the deficit halved"),
        ("to 1.76 trillion", "balance", "a deficit of 1.76 trillion yen"),
        ("shipments to the US up 15.6%", "exports-USA", "the United States were 1.42 trillion yen, up 15.6%"),
        (
            "China brought most of it",
            "exports-contribution-CHN",
            "contributed +4.3 percentage points to the growth of exports of +11.9%",
        ),
        ("chipmaking equipment among the goods", "exports-CHN-SEMICON-MACHINERY-ETC", "124.0 billion yen, up 84.7%"),
        ("chips among the goods: they fell", "exports-CHN-SEMICONDUCTORS-ETC", "93.09 billion yen, down 6.7%"),
        ("integrated circuits: they fell", "exports-CHN-IC", "65.98 billion yen, down 17.2%"),
        (
            "despite new export controls",
            MEASURE_STATEMENT,
            "In force since 23 July 2023 (announced on 23 May 2023): Export",
        ),
        (
            "what is controlled grew",
            f"{MEASURE_STATEMENT}-exports-CHN-SEMICON-MACHINERY-ETC",
            "were 124.0 billion yen, up 84.7%",
        ),
        ("over half kept or raised investment", "indicator-jccic-2024-01-investment", "kept or raised 53%"),
        ("of those surveyed", "indicator-jccic-2024-01-investment", "15 January 2024, 1,713 answers"),
        ("imports fell", "imports", "9.09 trillion yen, down 9.5%"),
    ],
)
def test_the_briefing_reproduces_the_press_report(case_statements, claim, statement, words):
    assert words in case_statements[statement]["sentence"], claim


def test_every_number_is_reproduced_by_its_link(demo, case_statements):
    for one in case_statements.values():
        rows = demo.get(one["links"]["self"]).json["data"]
        by_key = {None: rows[0]} | {next(iter(row.values())): row for row in rows}
        of_rows = [number for number in one["numbers"] if not number["name"].endswith("_converted")]
        assert of_rows or one["id"] == MEASURE_STATEMENT, one["id"]
        assert [by_key[number["row"]][number["name"]] for number in of_rows] == [n["value"] for n in of_rows], one["id"]
        assert len(rows) == 1 or all(number["row"] for number in of_rows), one["id"]


def test_every_statement_names_its_releases_or_its_source(case_statements):
    for one in case_statements.values():
        since = one["id"].endswith("-since")  # of many months, and so of many releases
        of_release = one["releases"] == ["jpn-pc-m-demo-2024-02-28"]
        of_source = bool(one["source"] and one["links"]["source"].startswith("https://"))
        assert [of_release, of_source, since].count(True) == 1, one["id"]


def test_a_dollar_amount_converts_the_printed_amount(case_statements):
    numbers = {number["name"]: number for number in case_statements["exports-in-USD"]["numbers"]}

    # 7,330 billion yen at 162.12 / 1.0809 yen for a dollar.
    expected = Decimal(7_330_000_000_000) * Decimal("1.0809") / Decimal("162.12")
    assert numbers["value_as_printed_converted"]["value"] == pytest.approx(float(expected), abs=1000)
    assert numbers["value"]["unit"] == "USD"


def test_balance_and_main_partners_are_converted_to_the_second_currency(case_statements):
    # 1,760,340,374,000 and 1,250,314,515,000 yen at 1.0809 / 162.12 dollars: 11.737 and 8.336 billion.
    assert (
        "deficit of 11.74 billion US dollars, at the rate of 21 February 2024"
        in case_statements["balance-in-USD"]["sentence"]
    )
    assert case_statements["exports-CHN-in-USD"]["sentence"] == (
        "Exports to China were 8.34 billion US dollars, at the rate of 21 February 2024."
    )


def test_the_reported_currency_adds_no_second_currency_section(demo):
    sections = {one["section"] for one in fetch_statements(demo, "/v1/briefings/JPN/2024-01?currency=jpy").values()}

    assert "second_currency" not in sections


def test_contributions_are_stated_with_their_sign(case_statements):
    assert case_statements["exports-contribution-SGP"]["sentence"] == (
        "Exports to Singapore, down 15.0% from a year earlier, contributed -0.5 percentage points to the growth of "
        "exports of +11.9%."
    )
    assert case_statements["imports-contribution-USA"]["sentence"] == (
        "Imports from the United States, up 6.1% from a year earlier, contributed +0.6 percentage points to the growth "
        "of imports of -9.5%."
    )


def test_a_commodity_follows_its_parent(case_statements):
    goods = [one["id"] for one in case_statements.values() if one["section"] == "commodities"]

    assert goods[:2] == ["exports-MOTOR-VEHICLES", "exports-CAR"]
    assert "passenger cars (part of motor vehicles)" in case_statements["exports-CAR"]["sentence"]


def test_a_streak_with_an_unknown_start_is_a_minimum(case_statements):
    # The demo begins in November 2022: imports fell in November 2023, and nothing is known of the month before.
    assert "the third month of decline in a row at least" in case_statements["imports"]["sentence"]


def test_trade_since_a_measure_is_compared_year_on_year(case_statements):
    china = case_statements[f"{MEASURE_STATEMENT}-exports-CHN-SEMICON-MACHINERY-ETC-since"]

    # Thousand yen: 157,527,249 + 222,235,258 + 124,040,531 against 93,602,873 + 110,662,441 + 67,175,882.
    assert china["sentence"] == (
        f"From November 2023 to January 2024, 3 of 6 months since it took effect, {CHIP_EXPORTS} "
        "to China came to 503.8 "
        "billion yen, up 85.6% on the same months a year earlier: 51.3% of all such exports, after 29.4%."
    )
    world = case_statements[f"{MEASURE_STATEMENT}-exports-WLD-SEMICON-MACHINERY-ETC"]
    assert "No official table from the 23 items to codes is known" in world["sentence"]


def test_months_after_the_period_are_not_counted_since_a_measure(demo):
    said = fetch_sentences(demo, "/v1/briefings/JPN/2023-09")

    since = f"{MEASURE_STATEMENT}-exports-CHN-SEMICON-MACHINERY-ETC-since"
    assert said[since] == (
        f"Since it took effect 2 months are published of {CHIP_EXPORTS} to China, with none a "
        "year earlier to compare with."
    )


def test_an_announced_measure_is_reported_before_it_takes_effect(demo):
    before, then = (fetch_sentences(demo, f"/v1/briefings/JPN/2023-{month}") for month in ("04", "06"))

    assert MEASURE_STATEMENT not in before
    assert then[MEASURE_STATEMENT].startswith(
        "Announced on 23 May 2023, to take effect on 23 July 2023: Export controls on 23"
    )
    assert not any(key.endswith("-since") for key in then)


def test_a_survey_is_reported_from_its_publication(demo):
    # The figures of November 2023 were released on 27 December, those of December on 30 January.
    told = [
        "indicator-jccic-2024-01-investment" in fetch_statements(demo, f"/v1/briefings/JPN/2023-{m}")
        for m in ("11", "12")
    ]

    assert told == [False, True]


def test_years_and_quarters_have_briefings(demo):
    for period, words in (("2023", "in 2023 were"), ("2023-Q4", "in the fourth quarter of 2023 were")):
        answer = demo.get(f"/v1/briefings/JPN/{period}")
        assert words in answer.json["data"][0]["sentence"], answer.json


def test_latest_is_the_newest_month(demo):
    newest, named = (demo.get(f"/v1/briefings/JPN/{period}").json["data"] for period in ("latest", "2024-01"))

    assert newest == named


def test_a_briefing_uses_figures_as_of_the_day(demo):
    answer = demo.get("/v1/briefings/JPN/2024-01?as_of=2024-02-20").json

    (only,) = answer["data"]
    assert (only["section"], answer["meta"]["empty_reason"]) == ("missing", "not_published")
    assert "Nothing can be said of Japan in January 2024" in only["sentence"]


def test_an_unloaded_reporter_is_reported_as_missing(demo):
    (only,) = demo.get("/v1/briefings/FRA/2024-01").json["data"]

    assert only["sentence"] == (
        "Nothing can be said of France in January 2024: no dataset of it is loaded for such periods."
    )


def test_missing_data_are_reported(client, figures):
    figures({"2023-01": 100, "2024-01": 150})

    said = fetch_sentences(client, "/v1/briefings/JPN/2024-01")

    assert "150 US dollars, up 50.0% from a year earlier" in said["exports"]
    assert {
        "missing-imports": "Total imports in January 2024 are not published.",
        "missing-balance-WLD": "The balance of trade in January 2024 is not known: it takes both flows.",
        "missing-exports-partners": "Exports by partner are not loaded for January 2024.",
        "missing-exports-commodities": "Exports by commodity are not loaded for January 2024.",
    }.items() <= said.items()


def test_january_with_february_and_the_fiscal_year_to_date(client, figures):
    # 100 in each month up to December 2023, then 120 and 130: 250 against 200, and from April 900 + 250 against 1,100.
    months = [f"{year}-{month:02}" for year in (2022, 2023) for month in range(1, 13)]
    figures(dict.fromkeys(months, 100) | {"2024-01": 120, "2024-02": 130})

    said = fetch_sentences(client, "/v1/briefings/JPN/2024-02")

    assert said["exports-january-february"] == (
        "In January and February together Japan's exports were up 25.0% from a year earlier."
    )
    assert "1,150 US dollars, up 4.5% from the same months a year earlier" in said["exports-fiscal-year-to-date"]


def test_without_growth_the_largest_commodities_are_listed(client, figures):
    figures({("X", "WLD", "TOTAL", "2024-01"): 150, ("X", "WLD", "A", "2024-01"): 90, ("X", "WLD", "B", "2024-01"): 60})

    said = fetch_sentences(client, "/v1/briefings/JPN/2024-01")

    assert "with no figure for the year before" in said["exports"]
    assert said["exports-A"] == "Exports of apples and all were 90 US dollars, 60.0% of all exports."


def test_missing_figures_are_taken_from_another_dataset(client, figures):
    by_good = {("M", partner, "A", month): 50 for partner in ("WLD", "CHN") for month in ("2023-01", "2024-01")}
    by_good |= {("M", partner, "TOTAL", month): 50 for _, partner, _, month in by_good}
    totals = {(flow, "WLD", "TOTAL", month): 80 for flow in ("X", "M") for month in ("2023-01", "2024-01")}
    figures(by_good, code="by-good")
    figures(totals, code="totals", classification="TOTAL", exhaustive=False)

    found = fetch_statements(client, "/v1/briefings/JPN/2024-01")

    assert "50 US dollars" in found["imports"]["sentence"]
    assert "80 US dollars" in found["exports"]["sentence"]
    assert "30 US dollars" not in found["balance"]["sentence"]  # 80 - 50, of two datasets


@pytest.mark.parametrize(
    ("path", "parameter"),
    [("/v1/briefings/JPM/2024-01", "reporter"), ("/v1/briefings/JPN/2023..2024", "period")],
)
def test_an_unknown_reporter_or_period_in_the_path_is_404(demo, path, parameter):
    answer = demo.get(path)

    assert (answer.status_code, [error["parameter"] for error in answer.json["errors"]]) == (404, [parameter])


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/v1/briefings/JPN/2024-01?currency=USX", "currency"),
        ("/v1/briefings/JPN/2024-01?dataset=jpn", "dataset"),
        ("/v1/briefings/JPN/2024-01?format=pdf", "format"),
        ("/v1/briefings/JPN/2024-01?limit=3", "limit"),
    ],
)
def test_invalid_parameters_are_rejected_by_name(demo, path, parameter):
    answer = demo.get(path)

    assert (answer.status_code, [error["parameter"] for error in answer.json["errors"]]) == (422, [parameter])


def test_the_outline_has_the_headline_key_figures_facts_and_tables(demo):
    outline = demo.get("/v1/briefings/JPN/2024-01").json["outline"]

    assert outline["headline"] == (
        "Japan's exports in January 2024 were 7.33 trillion yen, up 11.9% from a year earlier, those to China "
        "up 29.2%; the balance was a deficit of 1.76 trillion yen."
    )
    assert outline["status"] == "provisional"
    assert [(each["id"], each["value"]) for each in outline["key_figures"]] == [
        ("exports", 7332754388000),
        ("imports", 9093094762000),
        ("balance", -1760340374000),
        ("exports-CHN", 1250314515000),
        ("imports-AUS", outline["key_figures"][4]["value"]),
    ]
    assert "In US dollars, exports in January 2024 were down 0.1%" in outline["omitted"][0]["sentence"]
    assert [table["id"] for table in outline["tables"]] == [
        "exports-partners",
        "exports-groups",
        "exports-commodities",
        "imports-partners",
        "imports-groups",
        "imports-commodities",
    ]
    assert outline["tables"][0]["rows"][0]["name"] == "China"
    # ASEAN lacks five members, so that it is no row.
    assert [(row["code"], row["value"]) for row in outline["tables"][1]["rows"]] == [("EU", 769_690_934_000)]


def test_the_outline_is_in_the_requested_currency(demo):
    fixed, average = (demo.get(path).json["outline"] for path in (BRIEFING_PATH, BRIEFING_PATH.partition("&")[0]))

    # 7,332.754 and 1,760.340 billion yen at 149.9861 yen for one dollar; growth at one rate is that in yen.
    assert fixed["headline"] == (
        "Japan's exports in January 2024 were 48.89 billion US dollars, up 11.9% from a year earlier, those to China "
        "up 29.2%; the balance was a deficit of 11.74 billion US dollars."
    )
    for outline in (fixed, average):
        assert {each["currency"] for each in (*outline["key_figures"], *outline["tables"])} == {"USD"}
        for figure in outline["key_figures"][:2]:
            (row,) = demo.get(figure["link"]).json["data"]
            assert (row["value"], row["yoy_pct"]) == (figure["value"], figure["yoy_pct"])
    assert "down 0.1% from a year earlier" in average["headline"]


def test_a_mean_rate_is_the_one_that_converts(demo):
    (rate,) = demo.get("/v1/exchange-rates?base=JPY&currency=USD&period=2024-01").json["data"]
    sentence = fetch_statements(demo, "/v1/briefings/JPN/2024-01?currency=USD")["exports-in-USD"]["sentence"]

    assert f"({1000 * rate['average']:.4f} US dollars for 1,000 yen)" in sentence


def test_a_currency_without_a_rate_is_named(demo):
    # The European Central Bank suspended its rate of the rouble in March 2022.
    statements = fetch_statements(demo, "/v1/briefings/JPN/2024-01?currency=RUB")

    assert statements["missing-exports-rate"]["sentence"] == "There is no exchange rate for RUB in January 2024."


def test_markdown_is_a_document_of_the_same_figures(demo, case_statements):
    answer = demo.get(BRIEFING_PATH, headers={"Accept": "text/markdown"})

    assert answer.content_type == "text/markdown; charset=utf-8"
    assert answer.text.startswith(
        "# Japan: trade in January 2024\n\nJapan's exports in January 2024 were 48.89 billion US dollars"
    )
    assert "Key figures are provisional." in answer.text
    assert "| Total exports | 48.89 billion US dollars | +11.9% |" in answer.text
    assert "| China | 8.34 billion US dollars | +29.2% | 17.1% | +4.3 |" in answer.text
    for one in case_statements.values():
        is_in_text = f"- {one['sentence']} [request]({one['links']['self']})" in answer.text
        assert is_in_text == (one["section"] in {"second_currency", "measures", "indicators", "missing"}), one["id"]
    assert "[The Asahi Shimbun, 16 January 2024, on the chamber's survey](https://www.asahi.com/" in answer.text

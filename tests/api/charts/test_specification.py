"""Charts as Vega-Lite specifications: titles that state a finding, units, gaps, and what is left out of bars."""

from itertools import pairwise

import pytest

SERIES = "/v1/series?reporter=JPN&flow=X&format=vega-lite"
MONTHS = {"2023-01": 100_000_000, "2023-02": 200_000_000, "2023-03": 300_000_000}


def title(chart):
    return " ".join(chart["title"]["text"])


def numbers(chart):
    return [(point["period"], point["number"]) for point in chart["data"]["values"]]


def test_the_title_states_the_finding_with_unit_and_source(demo):
    answer = demo.get(f"{SERIES}&partner=CHN&period=all")
    chart = answer.json

    assert answer.mimetype == "application/vnd.vegalite.v6+json"
    # The ministry's 1,250,314,515 and 967,589,543 thousand yen.
    assert (
        title(chart) == "Japan's exports to China in January 2024 were 1.25 trillion yen, up 29.2% from a year earlier"
    )
    assert chart["title"]["subtitle"] == ["Monthly, January 2022 to January 2024, FOB, trillion yen"]
    source = " ".join(chart["layer"][1]["encoding"]["x"]["axis"]["title"])
    assert source == (
        "Source: Trade Statistics of Japan, Ministry of Finance. As known on 28 February 2024. "
        "All figures are provisional or estimated."
    )
    assert numbers(chart)[-1] == ("2024-01", 1.25031)


def test_an_unpublished_period_is_a_gap_and_the_axis_begins_at_zero(client, figures):
    figures(MONTHS)
    figures({"2023-05": 400_000_000}, published="2024-03-28")

    chart = client.get(f"{SERIES}&period=all").json

    assert numbers(chart) == [("2023-01", 100), ("2023-02", 200), ("2023-03", 300), ("2023-04", None), ("2023-05", 400)]
    assert chart["layer"][1]["encoding"]["y"]["scale"]["domain"] == [0, 400]
    assert [point["mark"] for point in chart["data"]["values"]] == [None, None, None, None, "single"]


def test_provisional_points_are_marked_among_final_ones(client, figures):
    figures({"2023-01": 100, "2023-02": (200, "P")})

    chart = client.get(f"{SERIES}&period=all").json

    assert [point["mark"] for point in chart["data"]["values"]] == [None, "provisional"]
    assert "Hollow points are provisional" in " ".join(chart["layer"][1]["encoding"]["x"]["axis"]["title"])


def test_an_index_is_100_in_the_first_common_period(client, figures):
    figures(
        {
            ("X", partner, "TOTAL", period): value * factor
            for partner, factor in (("CHN", 1), ("USA", 3))
            for period, value in MONTHS.items()
        }
    )

    chart = client.get(f"{SERIES}&partner=CHN,USA&period=all&chart=index").json

    assert {point["series"]: point["number"] for point in chart["data"]["values"]} == {
        "China": 300,
        "United States": 300,
    }
    assert chart["title"]["subtitle"][0].endswith("index, January 2023 = 100")


def test_labels_of_lines_that_end_together_keep_their_distance(client, figures):
    figures(
        {
            ("X", partner, "TOTAL", period): value
            for partner in ("CHN", "USA", "KOR")
            for period, value in MONTHS.items()
        }
    )

    ends = client.get(f"{SERIES}&partner=CHN,USA,KOR&period=all").json["layer"][-1]["data"]["values"]
    places = sorted(end["label_number"] for end in ends)

    assert all(after - before >= 300 * 16 / 346 - 0.01 for before, after in pairwise(places))


def test_bars_are_chosen_by_absolute_contribution(demo):
    bars = demo.get("/v1/partners?reporter=JPN&flow=X&format=vega-lite&chart=contribution").json["data"]["values"]
    labels = {bar["name"]: bar["label"] for bar in bars}

    assert list(labels)[:3] == ["China", "United States", "Hong Kong"]
    assert (labels["Singapore"], labels["Russia"], labels["All others (6)"]) == ("\u22120.5", "\u22120.4", "+0.1")
    assert "Thailand" not in labels


def test_a_balance_is_drawn_over_time_with_both_flows(demo):
    chart = demo.get("/v1/balances?reporter=JPN&period=all&format=vega-lite").json

    assert title(chart) == (
        "Japan's trade balance in January 2024 was a deficit of 1.76 trillion yen, "
        "after a deficit of 3.50 trillion yen a year earlier"
    )
    assert [len(panel["data"]["values"]) for panel in chart["vconcat"]] == [50, 25]
    # The demo has January 2022, and nothing from February to October 2022.
    gap = [point["period"] for point in chart["vconcat"][1]["data"]["values"] if point["number"] is None]
    assert gap == [f"2022-{month:02}" for month in range(2, 11)]


@pytest.mark.parametrize(
    ("path", "reading"),
    [
        # The ministry's 1,250,314,515 and 967,589,543 thousand yen, of 7,332,754,388 thousand in all.
        (
            "series?reporter=JPN&flow=X&partner=CHN&period=all&chart=growth",
            "January 2024: 1.25 trillion yen, up 29.2% from a year earlier, provisional",
        ),
        (
            "series?reporter=JPN&flow=X&partner=CHN,USA&period=all&chart=share",
            "January 2024: China: 17.1% of the total, 1.25 trillion yen, up 29.2% from a year earlier, provisional",
        ),
        (
            "partners?reporter=JPN&flow=X&chart=contribution",
            "China: 1.25 trillion yen, up 29.2% from a year earlier, +4.3 points of the growth of the total, "
            "17.1% of the total, provisional",
        ),
        ("partners?reporter=JPN&flow=X&chart=contribution", "All others (6): +0.1 points of the growth of the total"),
        ("balances?reporter=JPN&period=all", "January 2024: Exports 7.33 trillion yen, up 11.9% from a year earlier"),
        (
            "balances?reporter=JPN&period=all",
            "January 2024: Deficit of 1.76 trillion yen, after a deficit of 3.50 trillion yen a year earlier",
        ),
    ],
)
def test_each_point_has_a_reading_in_words(demo, path, reading):
    chart = demo.get(f"/v1/{path}&format=vega-lite").json
    panels = chart.get("vconcat", [chart])

    assert reading in [point.get("reading") for panel in panels for point in panel["data"]["values"]]


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/v1/series?reporter=JPN&flow=X&partner=all", "partner"),
        ("/v1/partners?reporter=JPN", "flow"),
        ("/v1/partners?reporter=JPN&flow=X&period=2023-12,2024-01", "period"),
        ("/v1/balances?reporter=JPN&period=all&partner=CHN,USA", "partner"),
        ("/v1/series?reporter=JPN&flow=X&period=1990-01", "period"),
    ],
)
def test_rows_of_more_than_one_chart_are_refused(demo, path, parameter):
    answer = demo.get(f"{path}&format=vega-lite")

    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, parameter)


def test_balances_without_a_figure_are_not_drawn(client, figures):
    figures({("M", "CHN", "TOTAL", "2023-01"): 100, ("M", "USA", "TOTAL", "2023-01"): 50}, exhaustive=False)

    response = client.get("/v1/balances?reporter=JPN&partner=CHN,USA&period=2023-01&format=vega-lite")

    assert response.status_code == 422
    assert "both exports and imports" in response.json["errors"][0]["reason"]

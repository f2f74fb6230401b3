"""Sentences of pages: incomplete periods, missing growth, and days that are none."""

import re
from html import unescape

import pytest

MONTHS_2023 = [f"2023-{month:02}" for month in range(1, 13)]


@pytest.fixture
def partial_years(client, figures):
    """Return a client on the last month of 2022, all of 2023, and January 2024: exports and imports of the World."""
    amounts = {"X": (900, 1_000, 1_300), "M": (400, 1_100, 1_200)}
    figures(
        {
            (flow, partner, "TOTAL", month): values[int(month[:4]) - 2022]
            for flow, values in amounts.items()
            for partner in ("WLD", "CHN")
            for month in ("2022-12", *MONTHS_2023, "2024-01")
        }
    )
    return client


def heading(client, query):
    answer = client.get(f"/explore?{query}", headers={"Accept": "text/html"}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return unescape(re.search(r"<h1>(.*?)</h1>", answer.text).group(1))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        # 1,300 less 1,200 in the one month of 2024.
        (
            "view=balances&frequency=A&period=all",
            "Japan's trade balance in 2024 (1 of 12 months) was a surplus of 100 US dollars",
        ),
        # Twelve times 1,000 less 1,100; of 2022 one month is published.
        ("view=balances&frequency=A&period=2023", "Japan's trade balance in 2023 was a deficit of 1,200 US dollars"),
        (
            "view=balances&frequency=M&period=2024-01",
            "Japan's trade balance in January 2024 was a surplus of 100 US dollars, after a deficit of 100 US dollars "
            "a year earlier",
        ),
        (
            "view=series&flow=X&partner=CHN&frequency=Q&period=all",
            "Japan's exports to China in the first quarter of 2024 (1 of 3 months) were 1,300 US dollars, not compared"
            ", as the period is incomplete",
        ),
    ],
)
def test_an_incomplete_period_is_named_and_not_compared(partial_years, query, words):
    assert heading(partial_years, query) == words


def test_a_complete_year_after_an_incomplete_one_is_not_called_incomplete(partial_years):
    rows = partial_years.get("/v1/briefings/JPN/2023").json["data"]
    said = {row["id"]: row["sentence"] for row in rows}
    omitted = partial_years.get("/v1/omitted?reporter=JPN&flow=X&frequency=A&period=2023").json["data"]

    assert said["exports"] == (
        "Japan's exports in 2023 were 12,000 US dollars, not compared, as the period a year earlier is incomplete."
    )
    assert said["balance"].startswith(
        "Japan's trade balance in 2023 was a deficit of 1,200 US dollars, not compared, as the period a year earlier is"
    )
    assert "Imports were 13,200 US dollars; the balance was a deficit of 1,200 US dollars." in [
        fact["sentence"] for fact in omitted
    ]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (
            "view=partners&chart=contribution&flow=X&frequency=M&period=2023-02",
            "There is no growth in February 2023, as the period a year earlier was not published.",
        ),
        (
            "view=commodities&chart=contribution&flow=X&frequency=A&period=latest",
            "There is no growth in 2024, as the period is incomplete.",
        ),
        (
            "view=partners&chart=growth&flow=X&frequency=A&period=2023",
            "There is no growth in 2023, as the period a year earlier is incomplete.",
        ),
    ],
)
def test_a_ranking_without_growth_says_why(demo, query, reason):
    answer = demo.get(f"/explore?{query}", headers={"Accept": "text/html"}, follow_redirects=True)

    assert (answer.status_code, reason in unescape(answer.text)) == (200, True)


@pytest.mark.parametrize("day", ["2024-02-30", "x", "%2B1", "10000-01-01"])
def test_a_day_that_is_none_is_an_invalid_parameter(demo, day):
    answer = demo.get(f"/explore?as_of={day}", headers={"Accept": "text/html"}, follow_redirects=True)

    assert (answer.status_code, "it should be a calendar day, written 2024-02-21" in answer.text) == (422, True)


def test_a_missing_value_has_its_reason(demo):
    query = "view=series&reporter=JPN&flow=X&frequency=M&period=2024-01"

    # The demo has no Bolivia, and the European Central Bank suspended its rate of the rouble in March 2022.
    assert heading(demo, f"{query}&partner=BOL") == "Japan's exports to Bolivia: not in the loaded data"
    assert heading(demo, f"{query}&partner=CHN&currency=RUB") == "Japan's exports to China: no exchange rate for RUB"


@pytest.mark.parametrize(
    ("query", "start"),
    [
        # 949,571,218 thousand yen to Indonesia, Malaysia, Singapore, Thailand and Vietnam, the members in the demo.
        (
            "view=series&flow=X&partner=ASEAN&frequency=M&period=all",
            "Japan's exports to ASEAN (sum of 5 of 10 members) ",
        ),
        (
            "view=balances&partner=ASEAN&frequency=M&period=all",
            "Japan's trade balance with ASEAN (sum of 5 of 10 members)",
        ),
        (
            "view=series&flow=X&chart=share&frequency=M&period=2024-01",
            "Japan's exports in January 2024 were 7.33 trillion",
        ),
    ],
)
def test_a_sum_of_some_members_is_called_so(demo, query, start):
    assert heading(demo, query).startswith(start)


def test_tables_and_charts_mark_incomplete_periods(partial_years):
    query = "reporter=JPN&flow=X&frequency=A&period=all"
    page = unescape(partial_years.get(f"/explore?view=series&{query}", follow_redirects=True).text)
    chart = partial_years.get(f"/v1/series?{query}&format=vega-lite").json

    assert '<th scope="row">2024 (1 of 12 months)</th>' in page
    assert '<th scope="row">2023</th>' in page
    assert [(point["period"], point["mark"]) for point in chart["data"]["values"]] == [
        ("2022", "incomplete"),
        ("2023", "single"),  # between two periods that no line joins
        ("2024", "incomplete"),
    ]
    source = " ".join(chart["layer"][1]["encoding"]["x"]["axis"]["title"])
    assert "Diamonds are incomplete: 2022 (1 of 12 months), 2024 (1 of 12 months)." in source


def test_an_empty_search_says_what_to_enter(demo):
    page = demo.get("/search?q=").text

    assert ("Enter a country, a commodity or a question" in page, "Nothing on" in page) == (True, False)


def test_imports_have_one_colour(demo):
    query = "reporter=JPN&frequency=M&period=2023-01..2024-01&format=vega-lite"
    scales = [
        demo.get(path).json["layer"][1]["encoding"]["color"]["scale"]
        for path in (f"/v1/series?flow=X,M&{query}", f"/v1/series?flow=M&{query}")
    ]
    balance = demo.get(f"/v1/balances?{query}").json["vconcat"][0]["layer"][1]["encoding"]["color"]["scale"]

    assert [scale["range"][-1] for scale in (*scales, balance)] == ["#8a6100"] * 3


def test_the_change_of_a_balance_is_a_comparison_of_sizes(demo):
    page = unescape(demo.get("/v1/briefings/JPN/2024-01?format=html").text)

    # A deficit of 1,760.3 billion yen after 3,498.6 billion.
    assert "49.7% smaller than a year earlier" in page
    assert "Key figures are provisional" in page


def test_residual_bars_are_the_last_ones(demo):
    chart = demo.get("/v1/partners?reporter=JPN&flow=X&period=2024-01&residual=true&format=vega-lite").json

    # 7,332.75 billion yen in all, less the 18 partners of the demo.
    names = [(bar["name"], bar["label"]) for bar in chart["data"]["values"]]
    assert [name for name, _ in names[-2:]] == ["All others (6)", "Not broken down"]
    assert names[-1][1].startswith("1.33 ")
    assert "residual=true" in demo.get("/explore?view=partners&flow=X", follow_redirects=True).text


@pytest.mark.parametrize(
    ("path", "value"),
    [
        # 7,332,754 million yen in all, less the 18 partners of the demo.
        ("/explore?view=partners&flow=X&period=2024-01", "1,334.1"),
        ("/v1/briefings/JPN/2024-01?format=html", "1.33 trillion yen"),
    ],
)
def test_a_table_of_partners_ends_with_the_trade_that_is_not_broken_down(demo, path, value):
    page = demo.get(path, follow_redirects=True).text
    table = page[page.index("Not broken down") :].partition("</table>")[0]

    assert table.count("<tr>") == 0
    assert value in table


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        # Exports fell by 0.2% in November 2023, and grew in December and January.
        ("flow=X&period=all", "It was the second month of growth in a row."),
        ("flow=X&period=2024-01", "It was the second month of growth in a row."),
        # The months before November 2022 are not loaded: the growth of October 2023 is unknown.
        ("flow=M&period=all", "It was the third month of decline in a row, as far as these figures reach."),
    ],
)
def test_a_streak_is_reserved_where_the_figures_begin_within_it(demo, query, sentence):
    page = demo.get(f"/explore?view=series&reporter=JPN&frequency=M&{query}", follow_redirects=True)

    assert sentence in unescape(page.text)

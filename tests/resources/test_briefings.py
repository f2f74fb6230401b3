"""A month's news from one request: every figure of the case that the service was born from, and what reproduces it."""

from decimal import Decimal

import pytest

from tests.browser import browser, needs_chromium

CASE = "/v1/briefings/JPN/2024-01?currency=USD&fx=2024-02-21"


@pytest.fixture(scope="module")
def case(demo):
    """Return the statements of the briefing by their id."""
    answer = demo.get(CASE)
    assert answer.status_code == 200, answer.json
    return {one["id"]: one for one in answer.json["data"]}


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("exports", "7.33 trillion yen, up 11.9 % on a year before, the second month of growth in a row"),
        ("exports-in-USD", "48.87 billion US dollars"),
        ("balance", "a deficit of 1.76 trillion yen, after 3.50 trillion yen a year before"),
        ("balance", "the deficit narrowed by 49.7 %, it halved"),
        ("exports-CHN", "Exports to China were 1.25 trillion yen, up 29.2 %"),
        ("exports-USA", "Exports to the United States were 1.42 trillion yen, up 15.6 %"),
        ("exports-contribution-CHN", "China brought +4.3 percentage points of the +11.9 %"),
        ("exports-CHN-SEMICON-MACHINERY-ETC", "124.0 billion yen, up 84.7 %"),
        ("exports-CHN-IC", "down 17.2 %"),
        ("imports", "9.09 trillion yen, down 9.5 %"),
    ],
)
def test_the_briefing_says_what_the_press_wrote(case, statement, words):
    assert words in case[statement]["sentence"]


def test_every_number_is_that_of_the_request_beside_it(demo, case):
    for one in case.values():
        rows = demo.get(one["links"]["self"]).json["data"]
        if one["section"] == "missing":
            continue
        of_row = [number for number in one["numbers"] if not number["name"].endswith("_converted")]
        assert of_row, one["id"]
        assert [[row[number["name"]] for number in of_row] for row in rows] == [
            [number["value"] for number in of_row]
        ], one["id"]


def test_every_statement_names_its_releases(case):
    figures = [one for one in case.values() if one["section"] not in {"measures", "indicators", "missing"}]

    assert {tuple(one["releases"]) for one in figures} == {("jpn-pc-m-demo-2024-02-28",)}
    assert len({one["id"] for one in case.values()}) == len(case)


def test_an_amount_in_dollars_is_that_of_the_amount_printed(case):
    numbers = {number["name"]: number for number in case["exports-in-USD"]["numbers"]}

    # 7,330 billion yen at 162.12 / 1.0809 yen for a dollar.
    expected = Decimal(7_330_000_000_000) * Decimal("1.0809") / Decimal("162.12")
    assert numbers["value_as_printed_converted"]["value"] == pytest.approx(float(expected), abs=1000)
    assert numbers["value"]["unit"] == "USD"


def test_a_streak_whose_beginning_is_not_known_is_one_of_that_many_at_least(case):
    # The demo begins in November 2022: imports fell in November 2023, and nothing is known of the month before.
    assert "the third month of decline in a row at least" in case["imports"]["sentence"]


def test_a_year_and_a_quarter_have_a_briefing_too(demo):
    for period, words in (("2023", "in 2023 were"), ("2023-Q4", "in the fourth quarter of 2023 were")):
        answer = demo.get(f"/v1/briefings/JPN/{period}")
        assert words in answer.json["data"][0]["sentence"], answer.json


def test_the_newest_month_is_called_latest(demo):
    newest, named = (demo.get(f"/v1/briefings/JPN/{period}").json["data"] for period in ("latest", "2024-01"))

    assert newest == named


def test_figures_are_those_known_on_a_day(demo):
    answer = demo.get("/v1/briefings/JPN/2024-01?as_of=2024-02-27").json

    (only,) = answer["data"]
    assert (only["section"], answer["meta"]["empty_reason"]) == ("missing", "not_published")
    assert "Nothing can be said of Japan in January 2024" in only["sentence"]


def test_a_reporter_that_is_not_loaded_is_said_to_be_missing(demo):
    (only,) = demo.get("/v1/briefings/FRA/2024-01").json["data"]

    assert only["sentence"] == (
        "Nothing can be said of France in January 2024: no dataset of it is loaded for such periods."
    )


def test_what_a_dataset_lacks_is_said(client, figures):
    figures({"2023-01": 100, "2024-01": 150})

    stated = {one["id"]: one for one in client.get("/v1/briefings/JPN/2024-01").json["data"]}

    assert "150 US dollars, up 50.0 % on a year before" in stated["exports"]["sentence"]
    assert {"missing-imports", "missing-exports-partners", "missing-balance-WLD"} <= set(stated)


def test_growth_that_cannot_be_computed_is_explained(client, figures):
    figures({"2024-01": 150})

    stated = {one["id"]: one for one in client.get("/v1/briefings/JPN/2024-01").json["data"]}

    assert (
        "growth over the year before unknown, as the period a year before was not published"
        in (stated["exports"]["sentence"])
    )


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/v1/briefings/JPM/2024-01", "reporter"),
        ("/v1/briefings/JPN/2024-13", "period"),
        ("/v1/briefings/JPN/2023..2024", "period"),
        ("/v1/briefings/JPN/2024-01?currency=USX", "currency"),
        ("/v1/briefings/JPN/2024-01?dataset=jpn", "dataset"),
        ("/v1/briefings/JPN/2024-01?format=pdf", "format"),
        ("/v1/briefings/JPN/2024-01?limit=3", "limit"),
    ],
)
def test_what_is_not_right_is_refused_by_name(demo, path, parameter):
    answer = demo.get(path)

    assert (answer.status_code, [error["parameter"] for error in answer.json["errors"]]) == (422, [parameter])


def test_markdown_has_each_sentence_with_its_link(demo, case):
    answer = demo.get(CASE, headers={"Accept": "text/markdown"})

    assert answer.content_type == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# Japan: trade in January 2024\n")
    for one in case.values():
        assert f"- {one['sentence']} [request]({one['links']['self']})" in answer.text


def test_the_page_runs_no_script_and_loads_nothing(demo):
    page = demo.get(f"{CASE}&format=html")

    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in page.text
    assert page.text == demo.get(f"{CASE}&format=html").text  # the same figures are drawn the same


@needs_chromium
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_shows_its_charts_at_any_width(served, tmp_path, width):
    with browser(tmp_path) as page:
        page.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500
        )
        page.call("Page.navigate", url=f"{served}{CASE}&format=html")
        page.wait_for("document.querySelectorAll('figure svg').length === 3")
        widths = page.evaluate("[...document.querySelectorAll('figure svg')].map(e => e.getBoundingClientRect().width)")
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        lines = page.evaluate("document.querySelectorAll('figure svg .series path.line').length")
        text = page.evaluate("document.body.innerText")

    assert overflow <= 0
    assert all(300 < drawn <= width for drawn in widths)
    assert lines == 5  # one for each main partner
    assert "up 29.2 % on a year before" in text

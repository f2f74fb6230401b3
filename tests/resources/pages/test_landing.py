"""The first page: headline figures of each reporter, examples that open pages, and what is loaded until when."""

import re
from datetime import date
from html import unescape

import pytest
from sqlalchemy import create_engine

from service.app import create_app
from service.resources.pages.landing import next_due_day
from tests.support.publisher import Publisher


def example_links(page):
    return [
        unescape(link) for link in re.findall(r'<li><a href="(/explore[^"]+)">', page.text.partition("Begin with")[2])
    ]


def test_the_page_has_headline_figures_with_their_course(demo):
    text = unescape(demo.get("/").text)

    for words in (
        "7.33 trillion yen",
        "up 11.9% from a year earlier",
        "Deficit of 1.76 trillion yen",
        "deficit of 3.50 trillion yen a year earlier",
        "Japan: trade by principal commodity and country, monthly",
        "January 2022 to January 2024",
        "about 28 March 2024",
        "Source: Trade Statistics of Japan, Ministry of Finance",
        "253.7 billion US dollars",
        "Source: US Census Bureau",
    ):
        assert words in text
    # Japan: January 2022, and from November 2022, the 11th of 25 months: 4 + 10 * 232 / 24.
    paths = re.findall(r'class="sparkline".*?<path d="([^"]+)"', text)
    assert [re.findall(r"M([0-9.]+)", path) for path in paths] == [
        *[["4.0", "100.7"]] * 3,
        *[["4.0"]] * 3,  # the United States, all 25 months
    ]


def test_each_example_opens_a_page(demo):
    links = example_links(demo.get("/"))

    assert {link: demo.get(link).status_code for link in links} == dict.fromkeys(links, 200)
    assert len(links) == 6


def test_the_page_adapts_to_datasets_without_partners(client, figures):
    figures({"2024-01": 150})

    page = client.get("/")

    assert (page.status_code, len(example_links(page))) == (200, 2)


def test_pages_and_files_of_releases_refuse_unknown_parameters(demo):
    paths = ("/releases", "/releases/jpn-pc-m-demo-2024-02-28", "/v1/releases/jpn-pc-m-demo-2024-02-28.parquet")

    assert [demo.get(path).status_code for path in paths] == [200] * 3
    assert [demo.get(f"{path}?x=1&cursor=zz").status_code for path in paths] == [422] * 3


def test_the_page_reports_an_empty_database(client):
    page = client.get("/")

    assert (page.status_code, "Nothing is loaded" in page.text) == (200, True)
    assert client.get("/search?q=China").status_code == 200
    assert client.get("/explore", headers={"Accept": "text/html"}).status_code == 422


def test_the_page_uses_no_script_and_has_an_etag(demo):
    page = demo.get("/")

    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert re.findall("<script[^>]*>", page.text) == [
        '<script type="application/ld+json">'
    ]  # data, which no browser executes
    assert demo.get("/", headers={"If-None-Match": page.headers["ETag"]}).status_code == 304


def test_the_next_release_is_due_after_the_median_distance():
    # 31, 31 and 29 days apart.
    days = [date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)]

    assert next_due_day(days) == date(2024, 4, 1)
    assert next_due_day(days[:2]) is None


@pytest.mark.parametrize(
    ("question", "parameters"),
    [
        (
            "Japan's exports of chipmaking machinery to China, in dollars, since 2022",
            {
                "flow": "X",
                "partner": "CHN",
                "commodity": "SEMICON-MACHINERY-ETC",
                "currency": "USD",
                "period": "2022..",
            },
        ),
        ("imports of crude from the UAE", {"flow": "M", "partner": "ARE", "commodity": "PETROLEUM", "period": "all"}),
        ("trade deficit with the United States", {"view": "balances", "partner": "USA"}),
        ("exports to South Korea in January 2024", {"flow": "X", "partner": "KOR", "period": "2024-01"}),
        ("balance with the EU", {"view": "balances", "partner": "EU"}),
        ("quarterly", {"view": "series", "flow": "X,M", "frequency": "Q"}),
        ("Who buys Japan's chips", {"view": "partners", "flow": "X", "commodity": "SEMICONDUCTORS-ETC"}),
        ("who sells oil to Japan", {"view": "partners", "flow": "M", "commodity": "PETROLEUM"}),
        ("since 2022, in dollars", {"view": "series", "flow": "X,M", "period": "2022..", "currency": "USD"}),
        (
            "How much did Japan's exports to China grow in Jan 2024?",
            {"chart": "growth", "flow": "X", "partner": "CHN", "period": "2024-01"},
        ),
        ("growth of exports to the US", {"chart": "growth", "flow": "X", "partner": "USA"}),
        ("exports in US dollars from 2022-11 to 2023", {"flow": "X", "currency": "USD", "period": "2022-11..2023"}),
        ("yearly imports from uk", {"flow": "M", "partner": "GBR", "frequency": "A"}),
    ],
)
def test_a_question_that_is_understood_leads_to_its_page(demo, question, parameters):
    answer = demo.get("/search", query_string={"q": question}, follow_redirects=True)

    assert (answer.status_code, answer.request.path) == (200, "/explore")
    assert answer.request.args.to_dict() | parameters == answer.request.args.to_dict()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("China", "Japan's exports to China, by commodity"),
        ("cars", "Japan's imports of passenger cars"),
        ("China's imports from Japan", "Japan's exports to China"),
        ("top partners", "Japan's exports, by partner"),
        ("unicorns", "No loaded reporter, partner or commodity has this name."),
        ("<script>", "Nothing on “&lt;script&gt;”"),
    ],
)
def test_an_open_question_has_pages_to_choose_from(demo, question, words):
    answer = demo.get("/search", query_string={"q": question})

    assert answer.status_code == 200
    assert words in answer.text.replace("&#39;", "'")


@pytest.fixture(scope="module")
def two_classifications(create_database, demo_template):
    """Yield a client on the demo, and on exports of New Zealand and on yearly exports of Japan, both by HS code."""
    engine = create_engine(create_database("two_classifications", template=demo_template))
    publish = Publisher(engine)
    shared = {"classification": "H6", "source": "Statistics XYZ"}
    publish({("X", "CHN", "010121", "2024-01"): 1_000}, code="xyz-trade-m", reporter="NZL", **shared)
    publish({("X", "CHN", "920110", "2023"): 2_000}, code="xyz-japan-a", **shared)
    yield create_app(engine).test_client()
    engine.dispose()


@pytest.mark.parametrize(
    ("question", "query", "words"),
    [
        ("Exports of cars to China since 2023", "reporter=JPN flow=X partner=CHN commodity=CAR frequency=M", "cars"),
        ("Japan's exports of cars", "reporter=JPN commodity=CAR", "Japan's exports of passenger cars"),
        # Amusement park rides are 950823 of HS 2022, which the demo lacks.
        ("New Zealand's exports of 950823", "reporter=NZL commodity=950823", "New Zealand"),
        # Only the yearly figures are by HS code: 920110 are upright pianos.
        ("Japan's exports of 920110", "reporter=JPN commodity=920110 frequency=A", "pianos"),
    ],
)
def test_a_commodity_is_one_of_the_dataset_of_its_reporter(two_classifications, question, query, words):
    answer = two_classifications.get("/search", query_string={"q": question}, follow_redirects=True)

    assert (answer.status_code, answer.request.path) == (200, "/explore"), answer.text
    assert set(query.split()) <= {"=".join(item) for item in answer.request.args.items()}
    assert words in unescape(answer.text)


def test_the_numbers_of_a_text_are_marked_by_verdict(demo):
    text = "Japan's exports to China rose 29.2 percent in January 2024. Total exports reached 8.33 trillion yen. <b>"
    page = demo.post("/check", data={"text": text, "published": "2024-02-28", "reporter": ""})
    dollars = "Japan's exports in January 2024 were 7.33 trillion yen ($48.87 billion)."
    dollar_page = demo.post("/check", data={"text": dollars, "published": "2024-02-21", "reporter": ""})

    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert '<a class="claim holds" href="#claim-1">29.2 percent</a>' in page.text
    assert '<a class="claim contradicted" href="#claim-2">8.33 trillion yen</a>' in page.text
    assert "7.33 trillion yen, as known on 28 February 2024" in page.text
    assert "&lt;b&gt;" in page.text
    assert "48.87 billion US dollars, as known on 21 February 2024, exchange rate: 2024-02-" in dollar_page.text
    assert demo.get("/check").status_code == 200


def test_releases_are_listed_and_explained(demo):
    releases = demo.get("/releases?dataset=jpn-pc-m-demo").text
    release = demo.get("/releases/jpn-pc-m-demo-2024-02-28").text

    assert releases.count('href="/releases/jpn-pc-m-demo-20') == 17
    assert "28 February 2024" in release
    assert "all series of its periods" in release
    assert demo.get("/releases/none", headers={"Accept": "text/html"}).status_code == 404


def test_a_release_page_has_its_largest_revisions(client, figures):
    figures({"2023-01": 100_000_000, "2023-02": 200_000_000})
    figures({"2023-01": 130_000_000, "2023-02": 190_000_000, "2023-03": 50_000_000}, published="2024-03-28")
    first, second = (row["release"] for row in client.get("/v1/releases").json["data"])

    page = unescape(client.get(f"/releases/{second}").text)
    rows = [re.findall(r"<t[hd][^>]*>(?:<a[^>]*>)?([^<]*)", row) for row in re.findall(r"<tr>.*?</tr>", page)[1:]]
    link = unescape(re.search(r'href="(/explore\?view=revisions[^"]+)"', page).group(1))

    assert "This release revised 2 figures that had been published before." in page
    # 30 million more and 10 million less.
    assert rows == [
        ["Exports", "January 2023", "100.0", "130.0", "+30.0%"],
        ["Exports", "February 2023", "200.0", "190.0", "\u22125.0%"],
    ]
    assert "+30.0%" in unescape(client.get(link, follow_redirects=True).text)
    assert f'<a href="/releases/{first}" rel="prev">' in page
    assert "revised no figure" in client.get(f"/releases/{first}").text

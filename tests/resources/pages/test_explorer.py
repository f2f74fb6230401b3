"""The explorer: a chart, a table and sentences for any request, with its data, its code and a permanent link."""

import json
import re
from html import unescape

import pytest

CHINA = "/explore?view=series&reporter=JPN&flow=X&partner=CHN&frequency=M&period=all"


def links(page):
    return [unescape(link) for link in re.findall(r'href="([^"]+)"', page.text)]


def test_names_in_words_lead_to_the_page_with_codes(demo):
    answer = demo.get("/explore?view=series&flow=X&partner=china&commodity=Semiconductor+machinery&currency=&as_of=")

    assert answer.status_code == 303
    assert answer.headers["Location"] == (
        "/explore?view=series&reporter=JPN&flow=X&partner=CHN&commodity=SEMICON-MACHINERY-ETC&frequency=M&period=all"
    )
    assert demo.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/v1/series?reporter=JPN&flow=X", "/explore?view=series&flow=X&reporter=JPN"),
        ("/v1/partners/CHN?reporter=JPN", "/explore?view=partners&reporter=JPN&partner=CHN"),
        ("/v1/balances?reporter=JPN&partner=CHN,USA", "/explore?view=balances&partner=CHN,USA&reporter=JPN"),
        ("/v1/revisions?reporter=JPN&period=2024-01", "/explore?view=revisions&period=2024-01&reporter=JPN"),
        ("/v1/commodities?reporter=JPN&level=2", "/explore?view=commodities&level=2&reporter=JPN"),
        ("/v1/flows?reporter=JPN&period=2024-01", "/explore?view=flows&period=2024-01&reporter=JPN"),
    ],
)
def test_a_browser_is_led_from_figures_to_their_page(demo, path, location):
    answer = demo.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert (answer.status_code, answer.headers["Location"]) == (303, location)
    assert demo.get(location, follow_redirects=True).status_code == 200


def test_the_page_says_what_the_figures_are(demo):
    text = unescape(demo.get(CHINA).text).replace("\u00a0", " ")

    for words in (
        "<h1>Japan's exports to China in January 2024 were 1.25 trillion yen, up 29.2% from a year earlier</h1>",
        "from 967.6 billion yen in January 2023",
        "Over the last 12 months they came to 18.05 trillion yen",
        "Source: Trade Statistics of Japan, Ministry of Finance",
        "Figures as known on 28 February 2024.",
        'href="/explore?view=series&reporter=JPN&flow=X&partner=CHN&frequency=M&period=all&as_of=2024-02-28"',
        'pandas.read_csv("http://localhost/v1/series?reporter=JPN',
    ):
        assert words in text


def test_every_link_of_the_page_works(demo):
    page = demo.get(CHINA)
    local_links = {link for link in links(page) if link.startswith("/")}

    statuses = {
        link: demo.get(link, follow_redirects=True).status_code
        for link in local_links
        if "format=svg" not in link and "format=png" not in link
    }

    assert {link: status for link, status in statuses.items() if status != 200} == {}
    assert len(statuses) > 30


def test_the_number_of_a_table_leads_to_the_record_of_the_figure(demo):
    link = next(link for link in links(demo.get(CHINA)) if "view=flows" in link and "period=2024-01" in link)

    text = unescape(demo.get(link).text)

    assert "1\u00a0250\u00a0314\u00a0515\u00a0000 JPY" in text
    assert 'href="/releases/jpn-pc-m-demo-2024-02-28"' in text


def json_ld(page):
    """Return the JSON-LD of a page."""
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page).group(1))


def test_the_page_describes_itself_to_machines(demo):
    page = demo.get(CHINA)
    dataset = json_ld(page.text)

    assert dataset["@type"] == "Dataset"
    assert all("/" in each["encodingFormat"] for each in dataset["distribution"])
    assert dataset["distribution"][0]["contentUrl"].startswith("http://localhost/v1/series?reporter=JPN")
    assert '<meta property="og:image" content="http://localhost/v1/series?' in page.text


def test_the_first_page_and_releases_describe_their_datasets(demo):
    catalog, release = (json_ld(demo.get(path).text) for path in ("/", "/releases/jpn-pc-m-demo-2024-02-28"))

    dataset, american = catalog["dataset"]
    assert american["temporalCoverage"] == "2021-01/2024-01"
    assert (catalog["@type"], dataset["temporalCoverage"]) == ("DataCatalog", "2022-01/2024-01")
    assert (release["@type"], release["datePublished"]) == ("Dataset", "2024-02-28")
    for described in (dataset, release):
        (download,) = described["distribution"]
        file = demo.get(download["contentUrl"].removeprefix("http://localhost"))
        assert (file.status_code, file.mimetype) == (200, download["encodingFormat"])


def test_a_page_has_links_to_the_host_of_its_request(demo):
    pages = [demo.get(CHINA, headers={"Host": host}).text for host in ("one.example", "two.example", "one.example")]

    assert ["http://one.example/v1/" in page for page in pages] == [True, False, True]


def test_names_of_links_contain_their_text(demo):
    names = re.findall(r'<a href="[^"]+" aria-label="([^"]+)">([^<]+)</a>', demo.get(CHINA).text)

    assert [(name, text) for name, text in names if text not in name] == []
    assert len(names) > 15


def test_several_series_are_compared(demo):
    page = demo.get("/explore?partner=China&partner=United+States&flow=X&chart=index", follow_redirects=True)

    assert page.request.args["partner"] == "CHN,USA"
    assert '<th scope="col" class="number">United States</th>' in page.text


@pytest.mark.parametrize(
    ("query", "words", "link"),
    [
        ("partner=Chna", "there is no partner “Chna”", "/explore?partner=China"),
        ("partnr=CHN", "there is no such parameter", "/explore?partner=CHN"),
        ("commodity=semi&flow=X", "several names have the words “semi”", "commodity=Semiconductors+etc"),
    ],
)
def test_an_unknown_word_is_explained_with_a_link(demo, query, words, link):
    answer = demo.get(f"/explore?{query}", headers={"Accept": "text/html"}, follow_redirects=True)

    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert words in unescape(answer.text)
    assert link in unescape(answer.text)


def test_a_problem_is_json_for_a_client_that_does_not_prefer_html(demo):
    answer = demo.get("/v1/flows?partnr=CHN", headers={"Accept": "application/json, text/html"})

    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


def test_a_file_of_pages_may_be_cached_for_ever(demo):
    stylesheet = next(link for link in links(demo.get(CHINA)) if link.endswith("pages.css"))

    assert "immutable" in demo.get(stylesheet).headers["Cache-Control"]
    assert demo.get("/assets/0/pages.css").status_code == 404


@pytest.mark.parametrize(
    ("frequency", "periods"),
    [("M", ["2023-01..", "2019-01..", "2014-01..", "all"]), ("A", ["2019..", "2014..", "all"])],
)
def test_the_chart_has_spans_of_periods(demo, frequency, periods):
    page = demo.get(CHINA.replace("frequency=M", f"frequency={frequency}")).text
    navigation = page.partition('aria-label="Periods of the chart"')[2].partition("</nav>")[0]

    # January 2024 is the newest month of the demo.
    assert re.findall(r"period=([^&\"]+)", unescape(navigation)) == periods
    assert navigation.count("aria-current") == 1

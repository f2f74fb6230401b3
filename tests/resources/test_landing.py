"""The first page: what is loaded, until when, from which source, and five questions to click."""

import re
from html import unescape

import pytest

from tests.support.browser import open_browser, requires_chromium


def section_links(page, section):
    return [unescape(link) for link in re.findall(r'<a href="(/v1/[^"]+)">', page.text.split(f"<h2>{section}</h2>")[1])]


def test_the_page_lists_datasets_periods_and_sources(demo):
    page = demo.get("/")

    assert page.content_type == "text/html; charset=utf-8"
    for words in (
        "Japan: trade by principal commodity and country, monthly",
        "2022-11 to<br>2024-01",
        "Source: Trade Statistics of Japan, Ministry of Finance",
        "exports in January 2024 were 7.33 trillion yen, up 11.9 % on a year before",
    ):
        assert words in page.text


def test_each_example_query_succeeds(demo):
    questions = section_links(demo.get("/"), "Ask")[:5]

    answers = [demo.get(link) for link in questions]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert answers[0].json["data"][0]["yoy_pct"] == 29.2195
    assert "/v1/flows?reporter=JPN&period=2024-01&flow=X&partner=CHN" in questions


def test_example_queries_name_the_dataset_if_ambiguous(client, figures):
    figures({"2024-01": 150}, code="first")
    figures({("X", "CHN", "TOTAL", "2024-01"): 150, ("X", "WLD", "TOTAL", "2024-01"): 150}, code="second")

    questions = section_links(client.get("/"), "Ask")

    assert all("dataset=" in link for link in questions[:2])


def test_example_queries_adapt_to_datasets_without_partners(client, figures):
    figures({"2024-01": 150})

    questions = section_links(client.get("/"), "Ask")[:2]

    assert [link.partition("?")[0] for link in questions] == ["/v1/series", "/v1/briefings/JPN/2024-01"]


def test_the_page_reports_an_empty_database(client):
    page = client.get("/")

    assert (page.status_code, "Nothing is loaded" in page.text, "<h2>Ask" in page.text) == (200, True, False)


def test_the_page_uses_no_script_and_has_an_etag(demo):
    page = demo.get("/")

    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in page.text
    assert demo.get("/", headers={"If-None-Match": page.headers["ETag"]}).status_code == 304


@requires_chromium
@pytest.mark.parametrize("width", [1280, 390])
def test_a_click_on_an_example_query_shows_its_response(demo_server_url, tmp_path, width):
    with open_browser(tmp_path) as page:
        page.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500
        )
        page.call("Page.navigate", url=f"{demo_server_url}/")
        page.wait_until_true("document.querySelectorAll('.examples a').length === 5")
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        page.evaluate("document.querySelector('.examples a').click()")
        answer = page.wait_until_true(
            "location.pathname === '/explore' && document.readyState === 'complete' && document.body.innerText"
        )

    assert overflow <= 0
    assert "up 29.2 % on a year before" in answer

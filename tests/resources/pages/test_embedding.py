"""Charts in other pages: the page of a chart that may be framed, and its description by the oEmbed standard."""

import re
from html import unescape

import pytest

CHINA = "view=series&reporter=JPN&flow=X&partner=CHN&frequency=M&period=all"
TITLE = "Japan's exports to China in January 2024 were 1.25 trillion yen, up 29.2% from a year earlier"


def test_only_the_page_of_a_chart_may_be_framed(demo):
    chart, explorer = (demo.get(f"/{page}?{CHINA}").headers for page in ("embed", "explore"))

    assert "frame-ancestors *" in chart["Content-Security-Policy"]
    assert "X-Frame-Options" not in chart
    assert "frame-ancestors 'none'" in explorer["Content-Security-Policy"]
    assert explorer["X-Frame-Options"] == "DENY"


def test_the_page_of_a_chart_has_its_finding_and_a_link_to_its_figures(demo):
    page = unescape(demo.get("/embed?partner=China&flow=X", follow_redirects=True).text)

    assert f'href="/explore?{CHINA}&as_of=2024-02-28" target="_blank" rel="noopener">{TITLE}</a>' in page
    assert f"/v1/series?{CHINA.removeprefix('view=series&')}&format=svg" in page
    assert "<form" not in page


def test_the_explorer_leads_to_the_description_of_its_chart(demo):
    page = demo.get(f"/explore?{CHINA}").text
    link = unescape(re.search(r'type="application/json\+oembed" href="http://localhost([^"]+)"', page).group(1))

    document = demo.get(f"{link}&maxwidth=500").json

    assert document["html"].startswith(
        f'<iframe src="http://localhost/embed?{CHINA.replace("&", "&amp;")}" title="Japan'
    )
    assert {name: document[name] for name in ("version", "type", "title", "width", "height")} == {
        "version": "1.0",
        "type": "rich",
        "title": TITLE,
        "width": 500,
        "height": 480,
    }
    assert 'width="500" height="480"' in document["html"]
    assert f'src="http://localhost/embed?{CHINA}&as_of=2024-02-28"' in unescape(unescape(page))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("url=http://localhost/releases", 404),
        ("url=http://localhost/explore%3Fview%3Drevisions", 404),
        ("url=http://localhost/explore%3Fpartner%3DChna", 422),
        ("url=http://localhost/explore&format=xml", 422),
        ("url=http://localhost/explore&maxwidth=0", 422),
        ("", 422),
    ],
)
def test_a_page_without_a_chart_has_no_description(demo, query, status):
    assert demo.get(f"/oembed?{query}").status_code == status

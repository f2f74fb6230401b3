"""Pages without a key: no link on them leads to 401, and they do not open the data to a browser without a key."""

import re
from html import unescape

import pytest
from sqlalchemy import create_engine

from service.app import create_app
from service.config import AccessSettings
from service.db.access.grants import READER
from tests.support.roles import url_for_role

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
START_PAGES = (
    "/",
    "/explore?reporter=JPN&partner=CHN&flow=X&period=2024-01",
    "/explore?view=partners&reporter=JPN&flow=X&period=2024-01",
    "/v1/briefings/JPN/2024-01?format=html",
    "/releases/jpn-pc-m-demo-2024-02-28",
)


@pytest.fixture(scope="module")
def public(demo_engine):
    """Yield a client without a key of a service whose pages need none."""
    reader = create_engine(url_for_role(demo_engine.url, READER))
    access = AccessSettings(authentication_enabled=True, has_public_pages=True)
    yield create_app(reader, access=access).test_client()
    reader.dispose()


@pytest.mark.parametrize("page", START_PAGES)
def test_no_link_of_a_page_needs_a_key(public, page):
    text = public.get(page, headers=BROWSER, follow_redirects=True).text
    links = {unescape(link) for link in re.findall(r'<a[^>]* href="(/[^"#]*)"', text)}
    links = {link for link in links if not re.search("format=(svg|png)", link)}  # charts, which start a process

    refused = [link for link in links if public.get(link, headers=BROWSER).status_code >= 400]

    assert (len(links) > 5, refused) == (True, [])


def test_pages_show_code_with_a_key_instead_of_downloads(public, demo):
    page = "/explore?reporter=JPN&partner=CHN&flow=X&period=2024-01"

    restricted, unrestricted = (each.get(page, follow_redirects=True).text for each in (public, demo))

    assert ("Figures as CSV" in restricted, "Figures as CSV" in unrestricted) == (False, True)
    assert ("Downloads need an API key" in restricted, "Downloads need an API key" in unrestricted) == (True, False)
    assert ("Authorization: Bearer" in restricted, "Authorization: Bearer" in unrestricted) == (True, False)


def test_a_browser_without_a_key_gets_no_data(public):
    paths = {
        re.sub("<[^>]*reporter>", "JPN", re.sub("<[^>]*period>", "2024-01", re.sub("<[^>]*code>", "CHN", rule.rule)))
        for rule in public.application.url_map.iter_rules()
        if rule.rule.startswith("/v1/") and "GET" in rule.methods
    }
    query = {"reporter": "JPN", "flow": "X", "period": "2024-01"}

    responses = {path: public.get(path, query_string=query, headers=BROWSER) for path in paths}

    assert len(responses) > 20
    assert {
        path for path, each in responses.items() if not (each.status_code == 401 or each.mimetype == "text/html")
    } == set()
    assert responses["/v1/flows"].status_code == 303

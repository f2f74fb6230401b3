"""HTTP clients: retries with headers of common libraries, any content coding, and a browser on another origin."""

import json
import subprocess

import pytest
import urllib3

from tests.support.browser import open_browser, requires_chromium

pytestmark = pytest.mark.process
FIGURE = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
FETCH = """
fetch("ADDRESS", {headers: {"content-type": "application/json", "traceparent": "00-%032d-%016d-00", "x-any": "1"}})
  .then(response => response.json()).then(body => { window.growth = body.data[0].yoy_pct })
"""


@pytest.mark.client("urllib3", "`Retry`, with a charset in `Accept`: an invalid request is not sent again")
def test_urllib3_retries_nothing_that_is_final(demo_server_url):
    retry = urllib3.Retry(total=2, status_forcelist=[429, 500, 502, 503, 504], backoff_factor=0)
    headers = {"Accept": "application/json; charset=utf-8"}

    with urllib3.PoolManager(retries=retry, headers=headers) as pool:
        found = pool.request("GET", demo_server_url + FIGURE)
        refused = pool.request("GET", f"{demo_server_url}/v1/flows?reporter=JPNN")

    assert (found.status, found.json()["data"][0]["yoy_pct"]) == (200, 29.2195)
    assert (refused.status, refused.retries.history) == (422, ())


@pytest.mark.client("curl", "`Accept-Encoding: *` is answered in gzip")
def test_curl_gets_gzip_where_it_accepts_everything(demo_server_url):
    command = ["curl", "-sS", "-i", "--compressed", "-H", "Accept-Encoding: *", demo_server_url + FIGURE]

    head, _, body = subprocess.run(command, capture_output=True, check=True).stdout.partition(b"\r\n\r\n")

    assert b"Content-Encoding: gzip" in head
    assert json.loads(body)["data"][0]["yoy_pct"] == 29.2195


@pytest.mark.client("chromium", "`fetch` from another origin, with `traceparent` and other headers")
@requires_chromium
def test_a_browser_on_another_origin_reads_figures(demo_server_url, tmp_path):
    with open_browser(tmp_path) as page:
        page.evaluate(FETCH.replace("ADDRESS", demo_server_url + FIGURE) % (1, 1) + ";0")

        assert page.wait_until_true("window.growth") == 29.2195

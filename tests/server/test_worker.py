"""The worker answers requests that it cannot parse with problem details, and stops at once if it is told so."""

import pytest
import urllib3

from tests.support.faults.raw_http import send_raw_request
from tests.support.server import run_server

pytestmark = pytest.mark.process

LONG_VALUE = b"x" * 9000
REQUEST_PATH = b"/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"


@pytest.mark.parametrize(
    ("sent", "status", "slug"),
    [
        (b"GET /" + LONG_VALUE + b" HTTP/1.1\r\n\r\n", 414, "uri-too-long"),
        (b"GET /live HTTP/1.1\r\nHost: a\r\nX-Long: " + LONG_VALUE + b"\r\n\r\n", 431, "headers-too-large"),
        (b"GET /live HTTP/1.1\r\nHost: a\r\n" + b"X-A: b\r\n" * 200 + b"\r\n", 431, "headers-too-large"),
        (b"GET /live HTTP/9.0\r\n\r\n", 400, "bad-request"),
        (b"<script> /live HTTP/1.1\r\n\r\n", 400, "bad-request"),
        (b"GET /live HTTP/1.1\r\nHost: a\r\n\x00: b\r\n\r\n", 400, "bad-request"),
        (b"GET /live HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: odd\r\n\r\n", 400, "bad-request"),
    ],
)
def test_a_malformed_request_is_answered_with_problem_details(demo_server_url, sent, status, slug):
    found, headers, problem = send_raw_request(demo_server_url, sent)

    assert (int(found), headers["Content-Type"]) == (status, "application/problem+json")
    assert (problem["type"], problem["status"], problem["errors"]) == (f"/problems/{slug}", status, [])
    assert headers["X-Request-ID"] == problem["request_id"]
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_a_url_of_eight_kilobytes_is_accepted(demo_server_url):
    sent = (
        b"GET "
        + REQUEST_PATH
        + b"&fields=value"
        + b",value" * 1200
        + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )

    status, _, problem = send_raw_request(demo_server_url, sent)

    assert 7000 < len(sent) < 8190
    assert (status, problem["errors"][0]["reason"]) == ("422", "it is longer than 4000 characters")


@pytest.mark.parametrize("attempt", range(3))
def test_a_worker_ends_by_itself_on_sigquit(demo_engine, tmp_path, attempt):
    # SIGQUIT arrives while the client closes its connection.
    with run_server(demo_engine.url, log_file=tmp_path / "log") as address, urllib3.PoolManager() as http:
        http.request("GET", f"{address}/live")

    assert "SIGKILL" not in (tmp_path / "log").read_text(), attempt

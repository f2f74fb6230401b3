"""Polite clients are never refused with default settings; requests that find no connection are refused in time."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from urllib.parse import urlsplit

import pytest
import urllib3

from tests.resilience.conftest import REQUEST_PATH, SERVICE_SETTINGS
from tests.support.faults.database_faults import backend_pids, lock_observations, wait_for_result
from tests.support.faults.raw_http import send_raw_request
from tests.support.server import run_server

pytestmark = pytest.mark.process

REQUESTS_PER_CLIENT = 5
SLOW_MACHINE_SETTINGS = {
    "TRADEFLOWS_POOL_TIMEOUT_MS": "20000",
    "TRADEFLOWS_STATEMENT_TIMEOUT_MS": "20000",
    "TRADEFLOWS_DATABASE_TIMEOUT_MS": "25000",
}
"""Long waits, so that the outcome does not depend on the speed of the machine."""
EXHAUSTED_POOL_SETTINGS = SERVICE_SETTINGS | SLOW_MACHINE_SETTINGS | {"TRADEFLOWS_POOL_TIMEOUT_MS": "50"}


@pytest.fixture
def log_file(tmp_path):
    """Return the path of the log of the service."""
    return tmp_path / "log"


def send_request(url, **headers):
    return urllib3.request("GET", f"{url}{REQUEST_PATH}", headers=headers, retries=False, timeout=30)


def log_entry_for_request(log_file, request_id):
    """Return the only log entry of the request."""
    entries = [json.loads(line) for line in log_file.read_text().splitlines() if line.startswith("{")]
    (entry,) = (entry for entry in entries if entry.get("request_id") == request_id)
    return entry


@pytest.mark.parametrize("response_cache_mb", ["0", "64"])
@pytest.mark.parametrize("client_count", [16, 64])
def test_no_request_of_waiting_clients_is_refused(database, log_file, client_count, response_cache_mb):
    """All clients may be connected to one process, so one process has to serve them."""
    settings = SLOW_MACHINE_SETTINGS | {"TRADEFLOWS_RESPONSE_CACHE_MB": response_cache_mb}

    def send_requests(_client_number):
        http = urllib3.PoolManager(retries=False, timeout=60)
        paths = [f"{url}{REQUEST_PATH}&limit={number + 1}" for number in range(REQUESTS_PER_CLIENT)]
        return [http.request("GET", path).status for path in paths]

    with (
        run_server(database, log_file=log_file, gunicorn_options=["--workers=1"], **settings) as url,
        ThreadPoolExecutor(client_count) as threads,
    ):
        statuses = Counter(chain.from_iterable(threads.map(send_requests, range(client_count))))

    assert statuses == {200: client_count * REQUESTS_PER_CLIENT}


def test_a_cached_response_does_not_wait_for_a_connection(database, log_file):
    settings = EXHAUSTED_POOL_SETTINGS | {"TRADEFLOWS_RESPONSE_CACHE_MB": "64", "TRADEFLOWS_POOL_SIZE": "1"}
    other_path = f"{REQUEST_PATH}&limit=1"
    with run_server(database, log_file=log_file, **settings) as url, ThreadPoolExecutor(1) as threads:
        assert send_request(url).status == 200
        with lock_observations(database):
            blocked = threads.submit(urllib3.request, "GET", f"{url}{other_path}", retries=False, timeout=30)
            wait_for_result(lambda: backend_pids(database, state="active"))
            cached = send_request(url)
        assert blocked.result().status == 200

    assert cached.status == 200
    assert log_entry_for_request(log_file, cached.headers["X-Request-ID"])["cache"] == "hit"


def test_a_request_without_a_connection_is_refused_as_overloaded(database, log_file):
    settings = EXHAUSTED_POOL_SETTINGS | {"TRADEFLOWS_POOL_SIZE": "1"}
    with run_server(database, log_file=log_file, **settings) as url, ThreadPoolExecutor(1) as threads:
        assert send_request(url).status == 200
        with lock_observations(database):
            blocked = threads.submit(send_request, url)
            wait_for_result(lambda: backend_pids(database, state="active"))
            refused = send_request(url, **{"x-request-ID": "order-66"})
        assert blocked.result().status == 200

    entry = log_entry_for_request(log_file, "order-66")
    assert (refused.status, refused.headers["Retry-After"]) == (503, "2")
    assert (refused.json()["type"], refused.json()["instance"]) == ("/problems/overloaded", "/v1/flows")
    assert {name: entry[name] for name in ("method", "path", "query", "status")} == {
        "method": "GET",
        "path": "/v1/flows",
        "query": urlsplit(REQUEST_PATH).query,
        "status": 503,
    }


def test_a_malformed_request_is_logged_with_its_request_id(database, log_file):
    with run_server(database, log_file=log_file, **SERVICE_SETTINGS) as url:
        status, headers, _ = send_raw_request(url, b"<script> /live HTTP/1.1\r\n\r\n")

    entry = log_entry_for_request(log_file, headers["X-Request-ID"])
    assert (status, entry["status"], entry["path"], entry["route"]) == ("400", 400, "", None)

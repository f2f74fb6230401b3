"""Requests that no thread is left for, or that cannot be read, are answered, and logged as any other."""

import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import urllib3

from tests.resilience.conftest import REQUEST_PATH, SERVICE_SETTINGS
from tests.support.faults.database_faults import backend_pids, lock_data_version, wait_for_result
from tests.support.raw_http import send_raw_request
from tests.support.server import run_server

LONG_TIMEOUT_SETTINGS = SERVICE_SETTINGS | {"STATEMENT_TIMEOUT_MS": "20000", "DEADLINE_MS": "25000"}
"""So that what holds the one thread still does when the next question comes, on a busy machine as well."""


@pytest.fixture
def log(tmp_path):
    """Return the file of what the service prints."""
    return tmp_path / "log"


@pytest.fixture
def address(database, log):
    """Yield the address of a service with one thread."""
    with run_server(database, log_file=log, gunicorn_options=["--threads=1"], **LONG_TIMEOUT_SETTINGS) as address:
        yield address


def send_request(address, **headers):
    return urllib3.request("GET", f"{address}{REQUEST_PATH}", headers=headers, retries=False, timeout=30)


def log_entry_for_request(log, request_id):
    """Return what the log tells of the request of that number, the only line of it."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    (line,) = (line for line in lines if line.get("request_id") == request_id)
    return line


@pytest.mark.parametrize(("request_headers", "number"), [({"x-request-ID": "order-66"}, "order-66"), ({}, None)])
def test_a_request_rejected_on_accept_is_logged_with_its_request_id(address, database, log, request_headers, number):
    with ThreadPoolExecutor(1) as threads:
        with lock_data_version(database):
            held = threads.submit(send_request, address)
            wait_for_result(lambda: backend_pids(database, state="active"))
            answer = send_request(address, **request_headers)
        assert held.result().status == 200

    told = log_entry_for_request(log, answer.headers["X-Request-ID"])
    assert (answer.status, answer.headers["Retry-After"], answer.json()["instance"]) == (503, "2", "/v1/flows")
    assert number in {None, answer.headers["X-Request-ID"]}
    assert {name: told[name] for name in ("method", "path", "query", "route", "status")} == {
        "method": "GET",
        "path": "/v1/flows",
        "query": urlsplit(REQUEST_PATH).query,
        "route": None,
        "status": 503,
    }
    assert told["ms"] >= 0


def test_a_malformed_request_is_logged_with_its_request_id(address, log):
    status, headers, _ = send_raw_request(address, b"<script> /live HTTP/1.1\r\n\r\n")

    told = log_entry_for_request(log, headers["X-Request-ID"])
    assert (status, told["status"], told["path"], told["route"]) == ("400", 400, "", None)

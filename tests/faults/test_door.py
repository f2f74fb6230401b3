"""Requests that no thread is left for, or that cannot be read, are answered, and logged as any other."""

import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import urllib3

from tests.faults.conftest import QUESTION, SETTINGS
from tests.faults.made import backends, soon, table_locked
from tests.server import serving
from tests.sockets import answered

PATIENT = SETTINGS | {"STATEMENT_TIMEOUT_MS": "20000", "DEADLINE_MS": "25000"}
"""So that what holds the one thread still does when the next question comes, on a busy machine as well."""


@pytest.fixture
def log(tmp_path):
    """Return the file of what the service prints."""
    return tmp_path / "log"


@pytest.fixture
def address(database, log):
    """Yield the address of a service with one thread."""
    with serving(database, log=log, options=["--threads=1"], **PATIENT) as address:
        yield address


def ask(address, **headers):
    return urllib3.request("GET", f"{address}{QUESTION}", headers=headers, retries=False, timeout=30)


def told_of(log, number):
    """Return what the log tells of the request of that number, the only line of it."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    (line,) = (line for line in lines if line.get("request_id") == number)
    return line


@pytest.mark.parametrize(("given", "number"), [({"x-request-ID": "order-66"}, "order-66"), ({}, None)])
def test_who_is_turned_away_by_who_accepts_is_logged_with_its_number(address, database, log, given, number):
    with ThreadPoolExecutor(1) as threads:
        with table_locked(database):
            held = threads.submit(ask, address)
            soon(lambda: backends(database, state="active"))
            answer = ask(address, **given)
        assert held.result().status == 200

    told = told_of(log, answer.headers["X-Request-ID"])
    assert (answer.status, answer.headers["Retry-After"], answer.json()["instance"]) == (503, "2", "/v1/flows")
    assert number in {None, answer.headers["X-Request-ID"]}
    assert {name: told[name] for name in ("method", "path", "query", "route", "status")} == {
        "method": "GET",
        "path": "/v1/flows",
        "query": urlsplit(QUESTION).query,
        "route": None,
        "status": 503,
    }
    assert told["ms"] >= 0


def test_what_cannot_be_read_is_logged_with_the_number_of_its_answer(address, log):
    status, headers, _ = answered(address, b"<script> /live HTTP/1.1\r\n\r\n")

    told = told_of(log, headers["X-Request-ID"])
    assert (status, told["status"], told["path"], told["route"]) == ("400", 400, "", None)

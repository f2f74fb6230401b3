"""As many requests are let in as there is room for; as many may wait; others are turned away at once."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from threading import Event

import pytest
from werkzeug.test import Client

from service.api.observability.access_log import JsonLinesFormatter
from service.api.overload.admission_control import AdmissionControl

MAX_WAIT_S = 20


class BlockingApplication:
    """An application whose answers come when they are let out."""

    def __init__(self):
        self.may_respond = Event()

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"].startswith("/v1") or environ["PATH_INFO"] == "/":
            assert self.may_respond.wait(MAX_WAIT_S)
        start_response("200 OK", [])
        return [b"answered"]


@pytest.fixture
def blocking_application():
    """Return the application."""
    return BlockingApplication()


@pytest.fixture
def send_requests(blocking_application):
    """Yield a function that has so many ask at once, and returns the answers to come."""
    with ThreadPoolExecutor(10) as threads:

        def send_requests(number, *, wait_s):
            client = Client(AdmissionControl(blocking_application, max_concurrent=2, queue_timeout_s=wait_s))
            return client, [threads.submit(client.get, "/v1/flows") for _ in range(number)]

        yield send_requests
        blocking_application.may_respond.set()


def first_responses(pending_responses, count):
    """Return so many answers, those that come first."""
    return [answer.result() for answer in islice(as_completed(pending_responses, MAX_WAIT_S), count)]


def test_requests_beyond_capacity_and_queue_are_rejected_immediately(blocking_application, send_requests):
    _, asked = send_requests(9, wait_s=MAX_WAIT_S)

    turned_away = first_responses(asked, 3)
    blocking_application.may_respond.set()

    assert [answer.status_code for answer in turned_away] == [503] * 3
    assert sorted(answer.result().status_code for answer in asked) == [200] * 6 + [503] * 3


@pytest.mark.parametrize("path", ["/", "/v1/flows", "/sdmx/2.1/dataflow"])
def test_requests_for_data_are_subject_to_admission_control(send_requests, path):
    client, asked = send_requests(3, wait_s=0.01)
    first_responses(asked, 1)

    assert client.get(path).status_code == 503


def test_a_queue_timeout_is_503_with_retry_after(send_requests):
    _, asked = send_requests(3, wait_s=0.01)

    (turned_away,) = first_responses(asked, 1)

    assert (turned_away.status_code, turned_away.headers["Retry-After"]) == (503, "2")
    assert turned_away.content_type == "application/problem+json"
    told = turned_away.json
    assert (told["type"], told["instance"]) == ("/problems/unavailable", "/v1/flows")
    assert turned_away.headers["X-Request-ID"] == told["request_id"]


def test_a_rejected_request_is_logged_with_its_request_id(blocking_application, caplog):
    caplog.set_level(logging.INFO, "tradeflows.requests")
    client = Client(AdmissionControl(blocking_application, max_concurrent=0, queue_timeout_s=0))

    turned_away = client.get("/v1/fl%C3%B6ws?reporter=JPN", headers={"X-Request-ID": "order-66"})

    (line,) = (json.loads(JsonLinesFormatter().format(record)) for record in caplog.records)
    assert {name: line[name] for name in ("request_id", "method", "path", "query", "route", "status", "rows")} == {
        "request_id": "order-66",
        "method": "GET",
        "path": "/v1/flöws",
        "query": "reporter=JPN",
        "route": None,
        "status": 503,
        "rows": None,
    }
    assert line["ms"] >= 0
    assert (turned_away.headers["X-Request-ID"], turned_away.json["instance"]) == ("order-66", "/v1/flöws")


@pytest.mark.parametrize("path", ["/live", "/ready", "/metrics", "/docs/swagger-ui.css"])
def test_health_checks_and_static_files_are_always_admitted(send_requests, path):
    client, asked = send_requests(7, wait_s=MAX_WAIT_S)
    first_responses(asked, 1)

    assert client.get(path).status_code == 200


def test_a_failed_request_releases_its_slot():
    def failing(_environ, _start_response):
        raise ValueError

    client = Client(AdmissionControl(failing, max_concurrent=1, queue_timeout_s=0))
    for _ in range(3):
        with pytest.raises(ValueError):  # noqa: PT011 - it has no words
            client.get("/v1/flows")

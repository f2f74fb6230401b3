"""Requests for data that waited too long for a thread of the server are refused."""

import json
import logging
import time

import pytest
from werkzeug.test import Client

from service.api.observability.access_log import JsonLinesFormatter
from service.api.overload.admission_control import AdmissionControl, run_queued

MAX_QUEUE_S = 0.5
SHORT_WAIT_S, LONG_WAIT_S = 0.1, 60


def respond(_environ, start_response):
    start_response("200 OK", [])
    return [b"answered"]


def get(path, *, waited_s, **options):
    """Return the response to a request that waited so many seconds for a thread."""
    client = Client(AdmissionControl(respond, max_queue_s=MAX_QUEUE_S))
    return run_queued(time.monotonic() - waited_s, lambda: client.get(path, **options))


@pytest.mark.parametrize("path", ["/", "/v1/flows", "//v1/flows", "/sdmx/2.1/dataflow"])
def test_requests_for_data_that_waited_too_long_are_refused(path):
    variables = {"PATH_INFO": path}  # a client reads //v1 as the name of a host
    statuses = [
        get("/", waited_s=seconds, environ_overrides=variables).status_code for seconds in (SHORT_WAIT_S, LONG_WAIT_S)
    ]

    assert statuses == [200, 503]


def test_a_connection_without_a_request_does_not_count_as_waiting():
    client = Client(AdmissionControl(respond, max_queue_s=0.05))

    def send_request_later():
        time.sleep(0.1)  # as browsers do, which open a connection before they need it
        return client.get("/v1/flows").status_code

    assert run_queued(time.monotonic(), send_request_later) == 200


def test_a_refusal_is_the_problem_overloaded_with_retry_after():
    response = get("/v1/flows", waited_s=LONG_WAIT_S)

    assert (response.content_type, response.headers["Retry-After"]) == ("application/problem+json", "2")
    assert (response.json["type"], response.json["instance"]) == ("/problems/overloaded", "/v1/flows")
    assert response.headers["X-Request-ID"] == response.json["request_id"]


def test_a_refused_request_is_logged_with_its_request_id(caplog):
    caplog.set_level(logging.INFO, "tradeflows.requests")

    response = get("/v1/fl%C3%B6ws?reporter=JPN", waited_s=LONG_WAIT_S, headers={"X-Request-ID": "order-66"})

    (entry,) = (json.loads(JsonLinesFormatter().format(record)) for record in caplog.records)
    assert {name: entry[name] for name in ("request_id", "method", "path", "query", "route", "status")} == {
        "request_id": "order-66",
        "method": "GET",
        "path": "/v1/flöws",
        "query": "reporter=JPN",
        "route": None,
        "status": 503,
    }
    assert (response.headers["X-Request-ID"], response.json["instance"]) == ("order-66", "/v1/flöws")


@pytest.mark.parametrize("path", ["/live", "/ready", "/metrics", "/docs/swagger-ui.css"])
def test_health_checks_and_static_files_are_always_answered(path):
    assert get(path, waited_s=LONG_WAIT_S).status_code == 200

"""A cached response equals the original one, and requires only a read of the data version."""

import logging

import pytest

from service.api.observability.access_log import log as requests_logged
from service.app import create_app
from service.config import AccessSettings

REQUEST_PATH = "/v1/flows?reporter=JPN&flow=X&period=2024-01"


@pytest.fixture
def client_and_response(client, figures):
    """Return a client of a service that was asked a question once, and what it answered."""
    figures({"2023-01": 100, "2024-01": 150})
    return client, client.get(REQUEST_PATH)


def cacheable_headers(response):
    """Return the headers that are not of one request alone."""
    return {name: value for name, value in response.headers.items() if name != "X-Request-ID"}


def disable_application(client):
    """Let the application behind what is kept fail at every request."""

    def fail(_environ, _start_response):
        raise AssertionError("the application was asked")

    client.application.wsgi_app._application = fail


def test_a_repeated_request_bypasses_the_application(client_and_response):
    client, first = client_and_response
    disable_application(client)

    again = client.get(REQUEST_PATH, headers={"X-Request-ID": "mine"})

    assert (again.status, again.data, cacheable_headers(again)) == (first.status, first.data, cacheable_headers(first))
    assert again.headers["X-Request-ID"] == "mine"


def test_a_matching_etag_is_304_without_a_body(client_and_response):
    client, first = client_and_response
    disable_application(client)

    again = client.get(REQUEST_PATH, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert "Content-Type" not in again.headers


def test_new_data_bypass_the_cache(client_and_response, figures):
    client, first = client_and_response
    figures({"2024-01": 200}, published="2024-03-28")

    again = client.get(REQUEST_PATH)

    assert [answer.json["data"][0]["yoy_pct"] for answer in (first, again)] == [50.0, 100.0]


@pytest.mark.parametrize("accept_headers", [{"Accept": "text/csv"}, {"Accept-Encoding": "gzip"}])
def test_a_different_format_or_coding_is_cached_separately(client_and_response, accept_headers):
    client, first = client_and_response

    other = client.get(REQUEST_PATH, headers=accept_headers)

    assert (other.status_code, other.data == first.data) == (200, False)


def test_cached_responses_are_logged_and_counted(client_and_response, caplog):
    client, _ = client_and_response
    counted = 'tradeflows_http_request_duration_seconds_count{route="/v1/flows",status="200"}'

    def number_counted():
        lines = client.get("/metrics").text.splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(counted))

    before = number_counted()
    with caplog.at_level(logging.INFO, logger=requests_logged.name):
        client.get(REQUEST_PATH)

    logged = caplog.records[-1].request
    assert (logged["route"], logged["status"], logged["query"]) == ("/v1/flows", 200, REQUEST_PATH.partition("?")[2])
    assert number_counted() == before + 1


@pytest.mark.parametrize(
    "access", [AccessSettings(authentication_enabled=True), AccessSettings(rate_limit="1 per minute")]
)
def test_with_authentication_or_limits_every_request_is_checked(engine, figures, access):
    figures({"2024-01": 150})
    client = create_app(engine, access=access).test_client()

    statuses = [client.get(REQUEST_PATH).status_code for _ in range(2)]

    assert statuses[1] in {401, 429}

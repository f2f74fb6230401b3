"""An answer that was given before is given again as it was, and looked at by nobody but the version of the data."""

import logging
import os

import pytest

from service.api.observability.access_log import log as requests_logged
from service.app import create_app
from service.config import Access

QUESTION = "/v1/flows?reporter=JPN&flow=X&period=2024-01"


@pytest.fixture
def asked(client, figures):
    """Return a client of a service that was asked a question once, and what it answered."""
    if os.environ.get("HOT_READS") == "off":
        pytest.skip("HOT_READS=off keeps no answers")
    figures({"2023-01": 100, "2024-01": 150})
    return client, client.get(QUESTION)


def lasting(response):
    """Return the headers that are not of one request alone."""
    return {name: value for name, value in response.headers.items() if name != "X-Request-ID"}


def without_application(client):
    """Let the application behind what is kept fail at every request."""

    def fail(_environ, _start_response):
        raise AssertionError("the application was asked")

    client.application.wsgi_app._application = fail


def test_the_same_request_gets_the_same_bytes_and_headers_without_the_application(asked):
    client, first = asked
    without_application(client)

    again = client.get(QUESTION, headers={"X-Request-ID": "mine"})

    assert (again.status, again.data, lasting(again)) == (first.status, first.data, lasting(first))
    assert again.headers["X-Request-ID"] == "mine"


def test_who_holds_the_answer_gets_304_with_its_tag_and_no_body(asked):
    client, first = asked
    without_application(client)

    again = client.get(QUESTION, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert "Content-Type" not in again.headers


def test_other_data_are_answered_anew(asked, figures):
    client, first = asked
    figures({"2024-01": 200}, published="2024-03-28")

    again = client.get(QUESTION)

    assert [answer.json["data"][0]["yoy_pct"] for answer in (first, again)] == [50.0, 100.0]


@pytest.mark.parametrize("accepted", [{"Accept": "text/csv"}, {"Accept-Encoding": "gzip"}])
def test_another_form_or_coding_is_another_answer(asked, accepted):
    client, first = asked

    other = client.get(QUESTION, headers=accepted)

    assert (other.status_code, other.data == first.data) == (200, False)


def test_it_is_logged_and_counted_as_any_other(asked, caplog):
    client, _ = asked
    counted = 'tradeflows_request_seconds_count{route="/v1/flows",status="200"}'

    def number_counted():
        lines = client.get("/metrics").text.splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(counted))

    before = number_counted()
    with caplog.at_level(logging.INFO, logger=requests_logged.name):
        client.get(QUESTION)

    logged = caplog.records[-1].request
    assert (logged["route"], logged["status"], logged["query"]) == ("/v1/flows", 200, QUESTION.partition("?")[2])
    assert number_counted() == before + 1


@pytest.mark.parametrize("access", [Access(asks_for_keys=True), Access(rate_limit="1 per minute")])
def test_where_not_everybody_may_ask_each_request_is_looked_at(engine, figures, access):
    figures({"2024-01": 150})
    client = create_app(engine, access=access).test_client()

    statuses = [client.get(QUESTION).status_code for _ in range(2)]

    assert statuses[1] in {401, 429}

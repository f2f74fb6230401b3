"""What the log tells of each request, and what it keeps to itself."""

import json
import logging

import pytest

from service.api.observability.access_log import JsonLines
from service.app import create_app
from service.config import Access

QUESTION = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
NEWEST = "jpn-pc-m-demo-2024-02-28"


@pytest.fixture
def told(demo_engine, caplog):
    """Return a function that asks a new service and returns what the log tells of it."""
    return asking(demo_engine, caplog)


def asking(engine, caplog, **options):
    """Return a function that asks a new service with these options, and returns what its log tells of it."""
    client = create_app(engine, **options).test_client()
    caplog.set_level(logging.INFO, "tradeflows.requests")

    def ask(address, **headers):
        caplog.clear()
        answer = client.get(address, headers=headers)
        (record,) = (record for record in caplog.records if record.name == "tradeflows.requests")
        line = json.loads(JsonLines().format(record))
        assert answer.headers["X-Request-ID"] == line["request_id"]
        return line

    return ask


def test_a_line_tells_what_was_asked_and_how_it_was_answered(told):
    line = told(QUESTION, **{"X-Request-ID": "order-66"})

    assert {name: line[name] for name in ("level", "request_id", "method", "path", "query", "route", "status")} == {
        "level": "info",
        "request_id": "order-66",
        "method": "GET",
        "path": "/v1/flows",
        "query": QUESTION.partition("?")[2],
        "route": "/v1/flows",
        "status": 200,
    }
    assert (line["rows"], line["releases"], line["key"]) == (1, [NEWEST], None)
    assert line["ms"] > 0


def test_a_line_tells_whence_the_answer_came_and_the_same_rows_each_time(told):
    lines = [told(QUESTION) for _ in range(2)]

    assert [line["cache"] for line in lines] == ["miss", "hit"]
    assert [(line["rows"], line["releases"]) for line in lines] == [(1, [NEWEST])] * 2


def test_what_the_client_holds_has_no_rows(told, demo):
    tag = demo.get(QUESTION).headers["ETag"]

    assert [told(QUESTION, **{"If-None-Match": tag})[name] for name in ("status", "cache", "rows")] == [
        304,
        "client",
        None,
    ]


@pytest.mark.parametrize(
    ("address", "rows"),
    [
        (f"{QUESTION}&format=csv&limit=5", 1),
        ("/v1/flows?reporter=JPN&partner=CHN,USA&flow=X&period=2024-01", 2),
        ("/v1/groups?limit=3", 3),
        ("/v1/flows?reporter=JPN&partnr=CHN", None),
        ("/live", None),
    ],
)
def test_rows_are_counted_whatever_the_form(told, address, rows):
    assert told(address)["rows"] == rows


def test_of_the_past_the_release_of_the_day_is_told(told):
    assert told(f"{QUESTION}&period=2023-11&as_of=2023-12-31".replace("&period=2024-01", ""))["releases"] == [
        "jpn-pc-m-demo-2023-12-27"
    ]


def test_who_asks_too_often_is_logged_as_any_other(demo_engine, caplog):
    ask = asking(demo_engine, caplog, access=Access(rate_limit="1 per hour"))

    lines = [ask(QUESTION) for _ in range(2)]

    assert [(line["status"], line["route"], line["rows"]) for line in lines] == [
        (200, "/v1/flows", 1),
        (429, "/v1/flows", None),
    ]


@pytest.mark.parametrize(
    "query",
    [
        "token=hunter2",
        "reporter=JPN&api_key=hunter2",
        "X-Auth=hunter2&reporter=JPN",
        "PASSWORD=hunter2",
        "client_secret=hunter2",
        "search=tfk_1_hunter2",
    ],
)
def test_secrets_in_addresses_are_not_written_down(told, query):
    assert "hunter2" not in json.dumps(told(f"/v1/flows?{query}"))


def test_a_key_in_a_path_is_not_written_down(told):
    assert "hunter2" not in json.dumps(told("/v1/releases/tfk_1_hunter2"))

"""As many requests are let in as there is room for; as many may wait; others are turned away at once."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from threading import Event

import pytest
from werkzeug.test import Client

from service.api.observability.access_log import JsonLines
from service.api.overload.admission_control import Admission

HANGING_S = 20


class Room:
    """An application whose answers come when they are let out."""

    def __init__(self):
        self.out = Event()

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"].startswith("/v1") or environ["PATH_INFO"] == "/":
            assert self.out.wait(HANGING_S)
        start_response("200 OK", [])
        return [b"answered"]


@pytest.fixture
def room():
    """Return the application."""
    return Room()


@pytest.fixture
def ask(room):
    """Yield a function that has so many ask at once, and returns the answers to come."""
    with ThreadPoolExecutor(10) as threads:

        def ask(number, *, wait_s):
            client = Client(Admission(room, at_once=2, wait_s=wait_s))
            return client, [threads.submit(client.get, "/v1/flows") for _ in range(number)]

        yield ask
        room.out.set()


def answered(asked, number):
    """Return so many answers, those that come first."""
    return [answer.result() for answer in islice(as_completed(asked, HANGING_S), number)]


def test_who_finds_neither_room_nor_a_place_to_wait_is_turned_away_at_once(room, ask):
    _, asked = ask(9, wait_s=HANGING_S)

    turned_away = answered(asked, 3)
    room.out.set()

    assert [answer.status_code for answer in turned_away] == [503] * 3
    assert sorted(answer.result().status_code for answer in asked) == [200] * 6 + [503] * 3


@pytest.mark.parametrize("path", ["/", "/v1/flows", "/sdmx/2.1/dataflow"])
def test_what_asks_the_database_is_let_in_as_there_is_room(ask, path):
    client, asked = ask(3, wait_s=0.01)
    answered(asked, 1)

    assert client.get(path).status_code == 503


def test_who_waits_in_vain_is_turned_away_and_told_when_to_come_back(ask):
    _, asked = ask(3, wait_s=0.01)

    (turned_away,) = answered(asked, 1)

    assert (turned_away.status_code, turned_away.headers["Retry-After"]) == (503, "2")
    assert turned_away.content_type == "application/problem+json"
    told = turned_away.json
    assert (told["type"], told["instance"]) == ("/problems/unavailable", "/v1/flows")
    assert turned_away.headers["X-Request-ID"] == told["request_id"]


def test_who_is_turned_away_is_logged_by_the_number_it_came_with(room, caplog):
    caplog.set_level(logging.INFO, "tradeflows.requests")
    client = Client(Admission(room, at_once=0, wait_s=0))

    turned_away = client.get("/v1/fl%C3%B6ws?reporter=JPN", headers={"X-Request-ID": "order-66"})

    (line,) = (json.loads(JsonLines().format(record)) for record in caplog.records)
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
def test_what_asks_the_database_nothing_or_looks_after_the_service_is_always_let_in(ask, path):
    client, asked = ask(7, wait_s=HANGING_S)
    answered(asked, 1)

    assert client.get(path).status_code == 200


def test_an_application_that_fails_leaves_its_place_to_the_next():
    def failing(_environ, _start_response):
        raise ValueError

    client = Client(Admission(failing, at_once=1, wait_s=0))
    for _ in range(3):
        with pytest.raises(ValueError):  # noqa: PT011 - it has no words
            client.get("/v1/flows")

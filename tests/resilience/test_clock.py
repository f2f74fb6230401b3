"""Odd time zones and clocks: answers do not depend on them, and a day ends everywhere at once, at midnight UTC."""

import time
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text
from urllib3 import PoolManager

from tests.resilience.conftest import SERVICE_SETTINGS
from tests.support.publisher import Publisher
from tests.support.server import run_server

pytestmark = pytest.mark.process

TIME_ZONES = ("Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns")
FAKETIME_LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
requires_faketime = pytest.mark.skipif(FAKETIME_LIBRARY is None, reason="there is no libfaketime on this machine")
JANUARY_QUERY = "reporter=JPN&flow=X&period=2024-01"
REQUEST_PATHS = (
    f"/v1/flows?{JANUARY_QUERY}",
    f"/v1/flows?{JANUARY_QUERY}&as_of=2024-02-28",
    f"/v1/flows?{JANUARY_QUERY}&as_of=2024-02-27",
    "/v1/series?reporter=JPN&flow=X&period=2023-01..2024-01",
    "/v1/releases?dataset=test-m",
)
REQUEST_SPECIFIC_HEADERS = {"Date", "X-Request-ID"}


@pytest.fixture
def database(engine):
    """Return the address of a database with a release of 27 February 2024, and one of the 28th."""
    publish = Publisher(engine)
    publish({"2023-01": 100, "2024-01": 150}, published="2024-02-27")
    publish({"2023-01": 100, "2024-01": 160}, published="2024-02-28")
    return engine.url


@pytest.fixture
def set_clock(tmp_path):
    """Return a function that sets the clock of services started with its `settings`; it goes on from there."""
    file = tmp_path / "clock"

    def set_to(moment):
        ahead = datetime.fromisoformat(f"{moment}+00:00").timestamp() - time.time()
        file.with_suffix(".new").write_text(f"{ahead:+.0f}")
        file.with_suffix(".new").rename(file)

    set_to.settings = {
        "LD_PRELOAD": str(FAKETIME_LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "NO_FAKE_STAT": "1",
        "TZ": "UTC",
    }
    return set_to


def get_response(address, path):
    answer = PoolManager(headers={"Accept-Encoding": "identity"}).request("GET", f"{address}{path}")
    assert answer.status == 200, answer.data
    return answer


def stable_responses(address):
    """Return all that is said to the questions but what is each request's own."""
    answers = [get_response(address, path) for path in REQUEST_PATHS]
    return [
        ({name: v for name, v in a.headers.items() if name not in REQUEST_SPECIFIC_HEADERS}, a.data) for a in answers
    ]


def test_responses_are_independent_of_time_zones(database, tmp_path, record_property):
    with run_server(database, log_file=tmp_path / "utc", TZ="UTC", **SERVICE_SETTINGS) as address:
        expected = stable_responses(address)
    for service, of_database in zip(TIME_ZONES, reversed(TIME_ZONES), strict=True):
        with create_engine(database, poolclass=NullPool).begin() as connection:
            connection.execute(text(f"ALTER DATABASE {database.database} SET timezone = '{of_database}'"))
        with run_server(database, log_file=tmp_path / "odd", TZ=service, **SERVICE_SETTINGS) as address:
            assert stable_responses(address) == expected
    record_property("injected", 2 * len(TIME_ZONES))


@requires_faketime
def test_responses_of_today_are_those_of_the_new_day_after_midnight(database, set_clock, tmp_path, record_property):
    set_clock("2024-02-28 23:58:00")
    # libfaketime sets every clock, the one of gunicorn's patience with its workers too.
    with run_server(
        database, log_file=tmp_path / "log", gunicorn_options=["--timeout=0"], **SERVICE_SETTINGS, **set_clock.settings
    ) as address:
        before = [get_response(address, path) for path in (REQUEST_PATHS[1], "/v1/groups")]
        set_clock("2024-02-29 00:00:01")
        after = [get_response(address, path) for path in (REQUEST_PATHS[1], "/v1/groups")]
    record_property("injected", 1)

    assert [response_date(answer) for answer in (before[0], after[0])] == ["2024-02-28", "2024-02-29"]
    assert (before[0].data, before[0].headers["ETag"]) == (after[0].data, after[0].headers["ETag"])
    assert before[0].json()["data"][0]["value"] == 160
    assert [answer.json()["data"][0]["on"] for answer in (before[1], after[1])] == ["2024-02-28", "2024-02-29"]
    assert before[1].headers["ETag"] != after[1].headers["ETag"]


@requires_faketime
@pytest.mark.parametrize("day", ["1980-01-01", "2038-01-20"])
def test_a_wrong_clock_changes_no_figure(database, set_clock, tmp_path, record_property, day):
    with run_server(database, log_file=tmp_path / "right", **SERVICE_SETTINGS) as address:
        expected = [get_response(address, path).json()["data"] for path in REQUEST_PATHS]
    set_clock(f"{day} 12:00:00")
    with run_server(database, log_file=tmp_path / "log", **SERVICE_SETTINGS, **set_clock.settings) as address:
        assert [get_response(address, path).json()["data"] for path in REQUEST_PATHS] == expected
        assert response_date(get_response(address, "/live")) == day
    record_property("injected", 1)


def response_date(response):
    return f"{parsedate_to_datetime(response.headers['Date']):%Y-%m-%d}"

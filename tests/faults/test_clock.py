"""Odd time zones and clocks: answers do not depend on them, and a day ends everywhere at once, at midnight UTC."""

import time
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text
from urllib3 import PoolManager

from tests.faults.conftest import SETTINGS
from tests.figures import Publisher
from tests.server import serving

ZONES = ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca")
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
needs_faketime = pytest.mark.skipif(FAKETIME is None, reason="there is no libfaketime on this machine")
JANUARY = "reporter=JPN&flow=X&period=2024-01"
QUESTIONS = (
    f"/v1/flows?{JANUARY}",
    f"/v1/flows?{JANUARY}&as_of=2024-02-28",
    f"/v1/flows?{JANUARY}&as_of=2024-02-27",
    "/v1/series?reporter=JPN&flow=X&period=2023-01..2024-01",
    "/v1/releases?dataset=test-m",
)
OF_THE_REQUEST = {"Date", "X-Request-ID"}


@pytest.fixture
def database(engine):
    """Return the address of a database with a release of 27 February 2024, and one of the 28th."""
    publish = Publisher(engine)
    publish({"2023-01": 100, "2024-01": 150}, published="2024-02-27")
    publish({"2023-01": 100, "2024-01": 160}, published="2024-02-28")
    return engine.url


@pytest.fixture
def clock(tmp_path):
    """Return a function that sets the clock of services started with its `settings`; it goes on from there."""
    file = tmp_path / "clock"

    def set_to(moment):
        ahead = datetime.fromisoformat(f"{moment}+00:00").timestamp() - time.time()
        file.with_suffix(".new").write_text(f"{ahead:+.0f}")
        file.with_suffix(".new").rename(file)

    set_to.settings = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "NO_FAKE_STAT": "1",
        "TZ": "UTC",
    }
    return set_to


def ask(address, path):
    answer = PoolManager(headers={"Accept-Encoding": "identity"}).request("GET", f"{address}{path}")
    assert answer.status == 200, answer.data
    return answer


def told(address):
    """Return all that is said to the questions but what is each request's own."""
    answers = [ask(address, path) for path in QUESTIONS]
    return [({name: v for name, v in a.headers.items() if name not in OF_THE_REQUEST}, a.data) for a in answers]


def test_answers_are_the_same_bytes_in_every_time_zone_of_service_and_database(database, tmp_path, record_property):
    with serving(database, log=tmp_path / "utc", TZ="UTC", **SETTINGS) as address:
        expected = told(address)
    for service, of_database in zip(ZONES, reversed(ZONES), strict=True):
        with create_engine(database, poolclass=NullPool).begin() as connection:
            connection.execute(text(f"ALTER DATABASE {database.database} SET timezone = '{of_database}'"))
        with serving(database, log=tmp_path / "odd", TZ=service, **SETTINGS) as address:
            assert told(address) == expected
    record_property("injected", 2 * len(ZONES))


@needs_faketime
def test_a_release_of_today_may_still_change_and_after_midnight_may_be_kept_for_ever(
    database, clock, tmp_path, record_property
):
    clock("2024-02-28 23:58:00")
    # libfaketime sets every clock, the one of gunicorn's patience with its workers too.
    with serving(database, log=tmp_path / "log", options=["--timeout=0"], **SETTINGS, **clock.settings) as address:
        today = ask(address, QUESTIONS[1])
        clock("2024-02-29 00:00:01")
        yesterday = ask(address, QUESTIONS[1])
    record_property("injected", 1)

    assert [day_of(answer) for answer in (today, yesterday)] == ["2024-02-28", "2024-02-29"]
    assert (today.headers["Cache-Control"], yesterday.headers["Cache-Control"]) == (
        "public, no-cache",
        "public, max-age=31536000, immutable",
    )
    assert today.data == yesterday.data
    assert today.json()["data"][0]["value"] == 160


@needs_faketime
@pytest.mark.parametrize("day", ["1980-01-01", "2038-01-20"])
def test_a_clock_that_is_years_off_changes_no_figure(database, clock, tmp_path, record_property, day):
    with serving(database, log=tmp_path / "right", **SETTINGS) as address:
        expected = [ask(address, path).json()["data"] for path in QUESTIONS]
    clock(f"{day} 12:00:00")
    with serving(database, log=tmp_path / "log", **SETTINGS, **clock.settings) as address:
        assert [ask(address, path).json()["data"] for path in QUESTIONS] == expected
        assert day_of(ask(address, "/live")) == day
    record_property("injected", 1)


def day_of(answer):
    return f"{parsedate_to_datetime(answer.headers['Date']):%Y-%m-%d}"

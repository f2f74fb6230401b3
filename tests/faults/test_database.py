"""A database that is killed, frozen, cut off or busy: the service says so in time, and comes back by itself.

How often each happens is 1 or 2 where RESTARTS and FREEZES are not set.
"""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import psycopg

from service.db.connection.read_pool import RESTED_S
from service.db.embedded.server import ensure_running
from tests.faults.conftest import SETTINGS, THREADS, Service
from tests.faults.load import Load
from tests.faults.made import answers_again, backends, connection_to, frozen, kill, postmaster_of, soon, table_locked
from tests.faults.proxy import swallowing_proxy
from tests.server import serving

RESTARTS = int(os.environ.get("RESTARTS", "2"))
FREEZES = int(os.environ.get("FREEZES", "1"))
QUEUED = 8


def test_a_killed_database_is_503_with_retry_after_and_then_answers_again(service, home, timed, record_property):
    with Load(service.address).running() as load:
        for _ in range(RESTARTS):
            kill(home)
            away, alive = service.ask(), service.ask("/live")
            ensure_running(home, durable=False)
            with timed():
                again = answers_again(service)

            assert (away.status, away.headers["Retry-After"], alive.status) == (503, "2", 200)
            assert away.json()["type"] == "/problems/unavailable"
            assert again.json()["data"][0]["yoy_pct"] == 50.0

    record_property("injected", RESTARTS)
    record_property("requests", len(load.answers))
    record_property("lost", len(load.lost))
    assert load.lost == []


def test_a_backend_frozen_while_it_works_is_504(service, database, timed, record_property):
    record_property("injected", FREEZES)
    for _ in range(FREEZES):
        with ThreadPoolExecutor(1) as threads, ExitStack() as frozen_meanwhile, timed():
            with table_locked(database):
                asked = threads.submit(service.ask)
                working = soon(lambda: backends(database, state="active"))
                frozen_meanwhile.enter_context(frozen(working))
            answer = asked.result()

        assert (answer.status, answer.json()["type"]) == (504, "/problems/took-too-long")
        assert service.ask().status == 200


def test_a_backend_frozen_while_it_is_idle_is_given_up_for_a_new_one(service, database, timed, record_property):
    record_property("injected", FREEZES)
    for _ in range(FREEZES):
        time.sleep(2 * RESTED_S)
        with frozen(backends(database, state="idle")), timed():
            answer = service.ask()

        assert answer.status == 200


def test_a_statement_that_takes_too_long_is_504(service, database):
    with table_locked(database):
        answer = service.ask()

    assert (answer.status, answer.json()["type"]) == (504, "/problems/took-too-long")


def test_where_all_connections_are_busy_others_are_turned_away_and_the_process_lives(
    service, database, record_property
):
    with table_locked(database):
        answers = service.at_once(QUEUED)
        alive, counted = service.ask("/live"), service.ask("/metrics").data.decode()

    turned_away = [took for answer, took in answers if answer.status == 503]
    record_property("injected", QUEUED)
    record_property("longest_s", max(turned_away))
    assert "tradeflows_turned_away_total 6.0" in counted
    assert sorted(answer.status for answer, _ in answers) == [503] * 6 + [504] * 2
    assert {answer.headers.get("Retry-After") for answer, _ in answers if answer.status == 503} == {"2"}
    assert alive.status == 200


def test_a_frozen_postmaster_leaves_connections_that_are_there(service, home, record_property):
    record_property("injected", FREEZES)
    for _ in range(FREEZES):
        with frozen([postmaster_of(home)]):
            assert service.ask().status == 200


def test_where_the_postmaster_is_frozen_and_no_connection_is_left_it_is_503_in_time(
    service, home, database, timed, record_property
):
    record_property("injected", FREEZES)
    for _ in range(FREEZES):
        there = backends(database, state="idle")
        with frozen([postmaster_of(home)]):
            for number in there:
                os.kill(number, signal.SIGTERM)
            with timed():
                answer = service.ask()
            alive = service.ask("/live")

        assert (answer.status, answer.headers["Retry-After"], alive.status) == (503, "2", 200)
        assert answers_again(service)


def test_a_network_that_swallows_is_503_or_504_in_time_and_then_answers_again(
    database, tmp_path, timed, record_property
):
    socket = f"{database.query['host']}/.s.PGSQL.{database.query['port']}"
    with swallowing_proxy(socket) as proxy:
        cut_off = database.set(host="127.0.0.1", port=proxy.port, query={})
        with serving(cut_off, log=tmp_path / "log", options=[f"--threads={THREADS}"], **SETTINGS) as address:
            service = Service(address)
            for _ in range(FREEZES):
                assert answers_again(service)
                proxy.swallow()
                with timed():
                    answer = service.ask()
                assert answer.status in {503, 504}
                assert service.ask("/live").status == 200
                proxy.let_pass()
            assert answers_again(service)
    record_property("injected", FREEZES)


def test_where_others_have_all_connections_of_the_server_it_is_503_until_they_leave(service, database, record_property):
    for number in backends(database, state="idle"):
        os.kill(number, signal.SIGTERM)
    with ExitStack() as others:
        taken = _take_all_connections(others, database)
        answer, alive = service.ask(), service.ask("/live")
    record_property("injected", taken)

    assert (answer.status, answer.headers["Retry-After"], alive.status) == (503, "2", 200)
    assert answer.json()["type"] == "/problems/unavailable"
    assert answers_again(service)


def _take_all_connections(others, database):
    """Open connections until the server has none to give, and return how many those are."""
    taken = 0
    with suppress(psycopg.OperationalError):
        while True:
            others.enter_context(connection_to(database))
            taken += 1
    return taken

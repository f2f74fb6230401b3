"""A database that is killed, frozen, cut off or busy: the service says so in time, and comes back by itself."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import psycopg

from service.db.embedded import ensure_running, is_running
from service.db.place import known_place
from tests.faults.conftest import SETTINGS, THREADS, Service
from tests.faults.proxy import swallowing_proxy
from tests.server import serving

RESTARTS = int(os.environ.get("RESTARTS", "2"))
RETURNS_WITHIN_S = 20
"""How long a test waits for what has to happen at once; a bound for hanging, not a measure."""


def connection_to(database):
    address = database.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


def postmaster_of(home):
    return int((known_place(home).data / "postmaster.pid").read_text().split()[0])


def kill(home):
    """End the server as `pg_ctl -m immediate` does, without a word to its clients."""
    os.kill(postmaster_of(home), signal.SIGQUIT)
    soon(lambda: not is_running(home))


def backends(database, *, state):
    """Return the processes that serve others' connections to the database and are in that state."""
    with connection_to(database) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state = %s AND application_name = ''",
            [state],
        )
        return [pid for (pid,) in rows]


def soon(found):
    """Return what `found` gives as soon as that is something."""
    end = time.monotonic() + RETURNS_WITHIN_S
    while not (value := found()):
        assert time.monotonic() < end
        time.sleep(0.01)
    return value


@contextmanager
def frozen(pids):
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def answers_again(service):
    return soon(lambda: answer if (answer := service.ask()).status == 200 else None)


@contextmanager
def table_locked(database):
    """Let every question wait in the database."""
    with connection_to(database) as connection, connection.transaction():
        connection.execute("LOCK TABLE data_version IN ACCESS EXCLUSIVE MODE")
        yield


def test_a_killed_database_is_503_with_retry_after_and_then_answers_again(service, home):
    for _ in range(RESTARTS):
        kill(home)
        away, alive = service.ask(), service.ask("/live")
        ensure_running(home, durable=False)

        assert (away.status, away.headers["Retry-After"], alive.status) == (503, "2", 200)
        assert away.json()["type"] == "/problems/unavailable"
        assert answers_again(service).json()["data"][0]["yoy_pct"] == 50.0


def test_a_backend_frozen_while_it_works_is_504(service, database):
    with ThreadPoolExecutor(1) as threads, ExitStack() as frozen_meanwhile:
        with table_locked(database):
            asked = threads.submit(service.ask)
            working = soon(lambda: backends(database, state="active"))
            frozen_meanwhile.enter_context(frozen(working))
        answer = asked.result()

    assert (answer.status, answer.json()["type"]) == (504, "/problems/took-too-long")
    assert service.ask().status == 200


def test_a_backend_frozen_while_it_is_idle_is_given_up_for_a_new_one(service, database):
    with frozen(backends(database, state="idle")):
        answer = service.ask()

    assert answer.status == 200


def test_a_statement_that_takes_too_long_is_504(service, database):
    with table_locked(database):
        answer = service.ask()

    assert (answer.status, answer.json()["type"]) == (504, "/problems/took-too-long")


def test_where_all_connections_are_busy_others_are_turned_away_and_the_process_lives(service, database):
    with table_locked(database):
        answers = service.at_once(8)
        alive, counted = service.ask("/live"), service.ask("/metrics").data.decode()

    assert "tradeflows_turned_away_total 6.0" in counted
    assert sorted(answer.status for answer in answers) == [503] * 6 + [504] * 2
    assert {answer.headers.get("Retry-After") for answer in answers if answer.status == 503} == {"2"}
    assert alive.status == 200


def test_a_frozen_postmaster_leaves_connections_that_are_there(service, home):
    with frozen([postmaster_of(home)]):
        assert service.ask().status == 200


def test_a_network_that_swallows_is_504_and_then_answers_again(database, tmp_path):
    socket = f"{database.query['host']}/.s.PGSQL.{database.query['port']}"
    with swallowing_proxy(socket) as proxy:
        cut_off = database.set(host="127.0.0.1", port=proxy.port, query={})
        with serving(cut_off, log=tmp_path / "log", options=[f"--threads={THREADS}"], **SETTINGS) as address:
            service = Service(address)
            assert service.ask().status == 200
            proxy.swallow()
            assert service.ask().status in {503, 504}
            assert service.ask("/live").status == 200
            proxy.let_pass()
            answers_again(service)

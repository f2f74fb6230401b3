"""Faults as they are made: a server that is killed, processes that are frozen, a table that nobody can read."""

import os
import signal
import time
from contextlib import contextmanager

import psycopg

from service.db.embedded.data_directory import known_place
from service.db.embedded.server import is_running

HAPPENS_WITHIN_S = 20
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


def soon(found, *, within_s=HAPPENS_WITHIN_S):
    """Return what `found` gives as soon as that is something."""
    end = time.monotonic() + within_s
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

"""Injection of database faults: killed servers, frozen processes, locked tables."""

import os
import signal
import time
from contextlib import contextmanager

import psycopg

from service.db.embedded.data_directory import load_directory
from service.db.embedded.server import is_server_running

MAX_FAULT_WAIT_S = 20
"""How long a test waits for what has to happen at once; a bound for hanging, not a measure."""


def connect(database):
    address = database.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


def postmaster_pid(home):
    return int((load_directory(home).pgdata / "postmaster.pid").read_text().split()[0])


def kill_server(home):
    """Kill the server as `pg_ctl -m immediate` does, without a message to its clients."""
    os.kill(postmaster_pid(home), signal.SIGQUIT)
    wait_for_result(lambda: not is_server_running(home))


def backend_pids(database, *, state):
    """Return the ids of the processes of other sessions on the database that are in that state."""
    with connect(database) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state = %s AND application_name = ''",
            [state],
        )
        return [pid for (pid,) in rows]


def wait_for_result(poll, *, timeout_s=MAX_FAULT_WAIT_S):
    """Return the first result of `found` that is not empty."""
    end = time.monotonic() + timeout_s
    while not (value := poll()):
        assert time.monotonic() < end
        time.sleep(0.01)
    return value


@contextmanager
def suspend_processes(pids):
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def wait_until_available(service):
    return wait_for_result(lambda: answer if (answer := service.get()).status == 200 else None)


@contextmanager
def lock_data_version(database):
    """Lock the data version, so that every request for data waits."""
    with _lock_table(database, "data_version"):
        yield


@contextmanager
def lock_observations(database):
    """Lock the observations, so that every query of figures waits, while the data version can be read."""
    with _lock_table(database, "observation"):
        yield


@contextmanager
def _lock_table(database, table):
    with connect(database) as connection, connection.transaction():
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield

"""Loads in processes of their own, killed at a defined moment."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import text

from service.ingest.release.locks import LOAD_LOCK

COMMAND = Path(sys.executable).parent / "tradeflows"
MAX_WAIT_S = 300

SELECT_LOADING_PID = f"""
    SELECT pid FROM pg_locks
    WHERE locktype = 'advisory' AND classid = {LOAD_LOCK} AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
"""The server's process of a load that holds its dataset, as it does from the first to the last of its transaction."""

SELECT_BLOCKED_PID = (
    f"SELECT held.pid FROM ({SELECT_LOADING_PID}) AS held JOIN pg_locks USING (pid) WHERE NOT pg_locks.granted"
)


def load_starter(engine, folder):
    """Return a function that starts `tradeflows load tidy` in a folder, with the mapping in that folder."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "TRADEFLOWS_HOME": str(folder),
    }
    command = [COMMAND, "load", "tidy", "--mapping", "mapping.toml"]
    return lambda *arguments: subprocess.Popen(
        [*command, *arguments], cwd=folder, env=environment, stderr=subprocess.DEVNULL
    )


def query_rows(engine, query):
    """Return the rows of a query."""
    with engine.connect() as connection:
        return connection.execute(text(query)).all()


def wait_for_rows(engine, query, *, process=None, expect_rows=True):
    """Return the rows of a query when it has any, or when it has none; none where `process` ends before."""
    end = time.monotonic() + MAX_WAIT_S
    while bool(rows := query_rows(engine, query)) != expect_rows and (process is None or process.poll() is None):
        assert time.monotonic() < end, query
        time.sleep(0.005)
    return rows


def kill_blocked_load(engine, lock_statement, process):
    """Kill a load that waits for `lock`, and wait until the database has undone its transaction.

    Return the names of the tables in which the load had inserted rows or a partition by then.
    """
    with engine.begin() as connection:
        connection.execute(text(lock_statement))
        ((pid,),) = wait_for_rows(engine, SELECT_BLOCKED_PID, process=process)
        changed = f"""
            SELECT relation::regclass::text FROM pg_locks
            WHERE pid = {pid} AND granted AND mode <> 'AccessShareLock' AND locktype = 'relation'"""
        tables = {name for (name,) in query_rows(engine, changed)}
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    # The server notices no sooner than it wants to answer.
    wait_for_rows(engine, f"SELECT FROM pg_stat_activity WHERE pid = {pid}", expect_rows=False)
    return tables

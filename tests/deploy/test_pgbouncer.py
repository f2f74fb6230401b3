"""The service behind a real PgBouncer, which hands a connection to somebody else after each transaction."""

import os
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import urllib3
from sqlalchemy import NullPool, create_engine

from service.db.access.grants import READER
from service.db.embedded.data_directory import PORT
from service.db.embedded.process import within
from tests.deploy.conftest import free_port
from tests.docs.test_commands import blocks
from tests.figures import Publisher
from tests.postgres import Postgres
from tests.roles import url_of
from tests.schema import enter_schema
from tests.server import serving

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="there is no pgbouncer on this machine")
PAGE = Path(__file__).parents[2] / "docs" / "pgbouncer.md"
QUESTION = "/v1/flows?reporter=JPN&flow=X&frequency=A"
YEARS = {str(year): year for year in range(2010, 2024)}
SETTINGS = {"STATEMENT_TIMEOUT_MS": "1000", "POOL_TIMEOUT_MS": "5000", "ANSWER_CACHE_MB": "0"}
SECONDS = 20


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """Yield a server with a figure for each of some years."""
    server = Postgres(tmp_path_factory.mktemp("pooled") / "server")
    server.make()
    engine = create_engine(server.url, poolclass=NullPool)
    enter_schema(engine)
    Publisher(engine)(YEARS)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def pooled(database):
    """Yield the address of the server through a PgBouncer that has one connection to it for everybody."""
    folder, port = Path(database.place.folder), free_port()
    shown = next(each.text for each in blocks(PAGE) if each.language == "ini")
    changes = {
        "host=one port=5432": f"host={database.socket} port={PORT}",
        "listen_port = 6432": f"listen_port = {port}\nunix_socket_dir =",
        "auth_type = scram-sha-256": f"auth_type = trust\nlogfile = {folder}/log\npidfile = {folder}/pid",
        "/etc/pgbouncer/userlist.txt": f"{folder}/users",
        "default_pool_size = 20": "default_pool_size = 1",
    }
    for found, instead in changes.items():
        assert shown.count(found) == 1, found
        shown = shown.replace(found, instead)
    write(database, folder / "users", f'"{READER}" ""\n')
    write(database, folder / "pgbouncer.ini", shown)
    ended = database.place.runner.run(PGBOUNCER, "-d", folder / "pgbouncer.ini")
    assert ended.returncode == 0, ended.stdout
    assert within(SECONDS, (folder / "pid").exists)
    number = int((folder / "pid").read_text())
    yield url_of(database.url, READER).set(host="127.0.0.1", port=port, query={})
    os.kill(number, signal.SIGINT)


def write(server, path, text):
    """Write a file that belongs to the account of the server."""
    ended = server.place.runner.run("/bin/sh", "-c", 'printf %s "$1" >"$0"', path, text)
    assert ended.returncode == 0, ended.stdout


@pytest.fixture
def ask(pooled, tmp_path):
    """Yield a function that asks a service behind the PgBouncer."""
    http = urllib3.PoolManager(maxsize=10, retries=False, timeout=20)
    with serving(pooled, log=tmp_path / "log", PREPARED_STATEMENTS="off", **SETTINGS) as address:
        yield lambda path: http.request("GET", f"{address}{path}")


def test_many_are_answered_over_one_connection(ask):
    def values(year):
        answers = [ask(f"{QUESTION}&period={year}&limit={limit}") for limit in range(1, 8)]
        return {row["value"] for answer in answers for row in answer.json()["data"]}

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(values, YEARS))

    assert found == [{year} for year in YEARS.values()]


def test_an_export_is_sent_over_it(ask):
    _, *rows = ask(f"{QUESTION}&period=2010..2023&format=csv&fields=value").data.decode().split()

    assert sorted(row.rpartition(",")[2] for row in rows) == sorted(YEARS)


def test_a_statement_that_takes_too_long_is_ended_by_the_server(ask, database):
    with database.connection() as connection, connection.transaction():
        connection.execute("LOCK TABLE data_version IN ACCESS EXCLUSIVE MODE")
        slow = ask(QUESTION)

    assert (slow.status, slow.json()["type"]) == (504, "/problems/took-too-long")
    assert ask(QUESTION).status == 200


def test_nothing_is_left_on_the_connection(ask, pooled):
    for limit in range(1, 20):
        assert ask(f"{QUESTION}&limit={limit}").status == 200
    address = pooled.set(drivername="postgresql").render_as_string(hide_password=False)

    with psycopg.connect(address, prepare_threshold=None) as connection:
        left = connection.execute(
            "SELECT current_setting('statement_timeout'), (SELECT count(*) FROM pg_prepared_statements)"
        ).fetchone()

    assert left == ("0", 0)


def test_without_the_setting_it_is_not_ready(pooled, tmp_path):
    with serving(pooled, log=tmp_path / "log", **SETTINGS) as address:
        assert urllib3.request("GET", f"{address}/ready", retries=False).status == 503

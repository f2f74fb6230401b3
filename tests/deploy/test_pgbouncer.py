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
from service.db.embedded.data_directory import SOCKET_PORT
from service.db.embedded.process import wait_until
from tests.deploy.conftest import free_port
from tests.docs.test_commands import code_blocks
from tests.support.postgres import PostgresServer
from tests.support.publisher import Publisher
from tests.support.roles import url_for_role
from tests.support.schema import create_schema
from tests.support.server import run_server

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
pytestmark = [
    pytest.mark.skipif(PGBOUNCER is None, reason="there is no pgbouncer on this machine"),
    pytest.mark.process,
    pytest.mark.network_tools,
]
PGBOUNCER_GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "pgbouncer.md"
REQUEST_PATH = "/v1/flows?reporter=JPN&flow=X&frequency=A"
VALUE_BY_YEAR = {str(year): year for year in range(2010, 2024)}
SERVICE_SETTINGS = {
    "TRADEFLOWS_STATEMENT_TIMEOUT_MS": "1000",
    "TRADEFLOWS_POOL_TIMEOUT_MS": "5000",
    "TRADEFLOWS_RESPONSE_CACHE_MB": "0",
}
USERLIST_FILE = "/etc/pgbouncer/userlist.txt"
TIMEOUT_S = 20


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """Yield a server with a figure for each of some years."""
    server = PostgresServer(tmp_path_factory.mktemp("pooled") / "server")
    server.create()
    ask_reader_for_password(server)
    engine = create_engine(server.url, poolclass=NullPool)
    create_schema(engine)
    Publisher(engine)(VALUE_BY_YEAR)
    yield server
    server.stop()


def ask_reader_for_password(server):
    access_file = server.query_value("SHOW hba_file")
    rules = Path(access_file).read_text()
    write_server_file(server, access_file, f"local all {READER} scram-sha-256\n{rules}")
    server.query_value("SELECT pg_reload_conf()")


@pytest.fixture(scope="module")
def pgbouncer_url(database):
    """Yield the address of the server through a PgBouncer that has one connection to it for everybody."""
    folder, port = Path(database.data_directory.folder), free_port()
    shown = next(each.text for each in code_blocks(PGBOUNCER_GUIDE) if each.language == "ini")
    changes = {
        "host=one port=5432": f"host={database.socket_folder} port={SOCKET_PORT}",
        "listen_port = 6432": f"listen_port = {port}\nunix_socket_dir =",
        "auth_type = scram-sha-256": f"auth_type = scram-sha-256\nlogfile = {folder}/log\npidfile = {folder}/pid",
        USERLIST_FILE: f"{folder}/users",
        "default_pool_size = 20": "default_pool_size = 1",
    }
    for found, instead in changes.items():
        assert shown.count(found) == 1, found
        shown = shown.replace(found, instead)
    write_userlist(database, folder / "users")
    write_server_file(database, folder / "pgbouncer.ini", shown)
    ended = database.data_directory.runner.run(PGBOUNCER, "-d", folder / "pgbouncer.ini")
    assert ended.returncode == 0, ended.stdout
    assert wait_until(TIMEOUT_S, (folder / "pid").exists)
    number = int((folder / "pid").read_text())
    yield url_for_role(database.url, READER).set(host="127.0.0.1", port=port, query={})
    os.kill(number, signal.SIGINT)


def write_userlist(server, path):
    """Run the command of the page that writes the verifiers of passwords."""
    script = next(each.text for each in code_blocks(PGBOUNCER_GUIDE) if each.language == "sh")
    assert script.count(USERLIST_FILE) == 1
    variables = (
        f"PATH={server.binaries_folder}:{os.environ['PATH']}",
        f"DATABASE_URL={server.url.set(drivername='postgresql').render_as_string()}",
    )
    command = ("bash", "-euc", script.replace(USERLIST_FILE, str(path)))
    ended = server.data_directory.runner.run("/usr/bin/env", *variables, *command)
    assert ended.returncode == 0, ended.stdout


def write_server_file(server, path, text):
    """Write a file that belongs to the account of the server."""
    ended = server.data_directory.runner.run("/bin/sh", "-c", 'printf %s "$1" >"$0"', path, text)
    assert ended.returncode == 0, ended.stdout


@pytest.fixture
def send_request(pgbouncer_url, tmp_path):
    """Yield a function that asks a service behind the PgBouncer."""
    http = urllib3.PoolManager(maxsize=10, retries=False, timeout=20)
    with run_server(
        pgbouncer_url, log_file=tmp_path / "log", TRADEFLOWS_PREPARED_STATEMENTS="off", **SERVICE_SETTINGS
    ) as address:
        yield lambda path: http.request("GET", f"{address}{path}")


def test_many_requests_share_one_connection(send_request):
    def values(year):
        answers = [send_request(f"{REQUEST_PATH}&period={year}&limit={limit}") for limit in range(1, 8)]
        return {row["value"] for answer in answers for row in answer.json()["data"]}

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(values, VALUE_BY_YEAR))

    assert found == [{year} for year in VALUE_BY_YEAR.values()]


def test_an_export_works_through_pgbouncer(send_request):
    _, *rows = send_request(f"{REQUEST_PATH}&period=2010..2023&format=csv&fields=value").data.decode().split()

    assert sorted(row.split(",")[-2] for row in rows) == sorted(VALUE_BY_YEAR)


def test_a_slow_statement_is_cancelled_by_the_server(send_request, database):
    with database.connect() as connection, connection.transaction():
        connection.execute("LOCK TABLE data_version IN ACCESS EXCLUSIVE MODE")
        slow = send_request(REQUEST_PATH)

    assert (slow.status, slow.json()["type"]) == (504, "/problems/timeout")
    assert send_request(REQUEST_PATH).status == 200


def test_no_session_state_remains_on_the_connection(send_request, pgbouncer_url):
    for limit in range(1, 20):
        assert send_request(f"{REQUEST_PATH}&limit={limit}").status == 200
    address = pgbouncer_url.set(drivername="postgresql").render_as_string(hide_password=False)

    with psycopg.connect(address, prepare_threshold=None) as connection:
        left = connection.execute(
            "SELECT current_setting('statement_timeout'), (SELECT count(*) FROM pg_prepared_statements)"
        ).fetchone()

    assert left == ("0", 0)


def test_without_the_setting_the_service_is_not_ready(pgbouncer_url, tmp_path):
    with run_server(pgbouncer_url, log_file=tmp_path / "log", **SERVICE_SETTINGS) as address:
        assert urllib3.request("GET", f"{address}/ready", retries=False, timeout=60).status == 503

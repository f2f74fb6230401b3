"""A primary, and standbys that follow it; a service that reads those and asks the former what is newest."""

from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import urllib3
from sqlalchemy import NullPool, create_engine

from service.api.problems.types import OVERLOADED_DETAIL
from service.db.access.grants import READER
from service.db.embedded.data_directory import SOCKET_PORT
from tests.support.postgres import DATABASE_NAME, PostgresServer
from tests.support.publisher import Publisher
from tests.support.roles import url_for_role
from tests.support.schema import create_schema
from tests.support.server import run_server

REQUEST_PATH = "/v1/flows?reporter=JPN&flow=X&frequency=A&period=2024"
INITIAL_FIGURES = {"2024": 100}
SERVICE_SETTINGS = {"TRADEFLOWS_REPLICA_WAIT_MS": "100", "TRADEFLOWS_POOL_TIMEOUT_MS": "1000"}
"""On a busy machine a connection is waited for; that nobody has to be is tests/resilience' matter."""


@dataclass(frozen=True)
class ReplicaPair:
    """Two servers of which one follows the other, and a service that reads the latter."""

    primary: PostgresServer
    standby: PostgresServer

    @property
    def url(self):
        """Return the address of whichever is the primary."""
        sockets = f"{self.primary.socket_folder},{self.standby.socket_folder}"
        query = {"host": sockets, "port": f"{SOCKET_PORT},{SOCKET_PORT}", "target_session_attrs": "primary"}
        return self.primary.url.set(query=query)

    @contextmanager
    def run_service(self, log_file, *other_standbys):
        """Yield a client of a service of two processes, which reads the standby and `others`."""
        hosts = ",".join(str(server.socket_folder) for server in (self.standby, *other_standbys))
        reading = f"postgresql://{READER}@/{DATABASE_NAME}?host={hosts}&target_session_attrs=prefer-standby"
        options = ["--workers=2", "--threads=8"]
        with run_server(
            url_for_role(self.url, READER),
            log_file=log_file,
            gunicorn_options=options,
            DATABASE_READ_URL=reading,
            **SERVICE_SETTINGS,
        ) as address:
            yield ServiceClient(address)

    def publish(self, figures, **options):
        """Publish figures on the primary."""
        Publisher(create_engine(self.url, poolclass=NullPool))(figures, **options)


@pytest.fixture(scope="package")
def replica_pair(tmp_path_factory):
    """Yield a pair that holds a figure."""
    folder = tmp_path_factory.mktemp("pair")
    replica_pair = ReplicaPair(PostgresServer(folder / "primary"), PostgresServer(folder / "standby"))
    replica_pair.primary.create()
    create_schema(create_engine(replica_pair.primary.url, poolclass=NullPool))
    replica_pair.publish(INITIAL_FIGURES)
    with replica_pair.primary.connect() as connection:
        connection.execute("ALTER ROLE tradeflows_reader SET log_statement = 'all'")
    replica_pair.standby.start_standby(replica_pair.primary)
    yield replica_pair
    replica_pair.standby.stop()
    replica_pair.primary.stop()


@pytest.fixture(scope="package")
def service(replica_pair, tmp_path_factory):
    """Yield a client of a service on the pair."""
    with replica_pair.run_service(tmp_path_factory.mktemp("service") / "log") as client:
        yield client


@pytest.fixture
def disposable_pair(replica_pair, tmp_path):
    """Yield another pair, whose primary may be killed, and a client of a service on it."""
    mortal = ReplicaPair(PostgresServer(tmp_path / "primary"), PostgresServer(tmp_path / "standby"))
    mortal.primary.start_standby(replica_pair.primary)
    mortal.primary.promote()
    mortal.standby.start_standby(mortal.primary)
    with mortal.run_service(tmp_path / "log") as client:
        yield mortal, client
    mortal.standby.stop()
    mortal.primary.stop()


@pytest.fixture
def second_standby(replica_pair, tmp_path):
    """Yield another standby of the pair's primary, and a client of a service that reads both standbys."""
    second_standby = PostgresServer(tmp_path / "another")
    second_standby.start_standby(replica_pair.primary)
    with replica_pair.run_service(tmp_path / "log", second_standby) as client:
        yield second_standby, client
    second_standby.stop()


@contextmanager
def pause_replay(replica_pair):
    """Let the standby get what the primary writes, and not see it.

    It has all from before: paused within a load, it would hold the locks of that, and who reads would wait.
    """
    standby = replica_pair.standby
    standby.wait_for_replay(replica_pair.primary)
    standby.query_value("SELECT pg_wal_replay_pause()")
    try:
        yield
    finally:
        standby.query_value("SELECT pg_wal_replay_resume()")


class ServiceClient:
    """Asks a service; of what it keeps between two requests there is nothing but what it is told to send."""

    def __init__(self, address):
        self.url = address
        self._pool = urllib3.PoolManager(maxsize=10, retries=False, timeout=20)

    def get(self, path=REQUEST_PATH, **headers):
        return self._pool.request("GET", f"{self.url}{path}", headers=headers)

    def fetch_version_and_value(self, path=REQUEST_PATH, **headers):
        """Return the data version and the value of a response; a request that is refused under load is repeated."""
        answer = self.get(path, **headers)
        while answer.status == 503 and (b"busy" in answer.data or OVERLOADED_DETAIL.encode() in answer.data):
            answer = self.get(path, **headers)
        assert answer.status == 200, answer.data
        return int(answer.headers["Data-Version"]), int(answer.json()["data"][0]["value"])

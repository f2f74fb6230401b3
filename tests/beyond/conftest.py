"""A primary, and standbys that follow it; a service that reads those and asks the former what is newest."""

from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import urllib3
from sqlalchemy import NullPool, create_engine

from service.api.overload.admission_control import BUSY
from service.db.access.grants import READER
from service.db.embedded.data_directory import PORT
from tests.figures import Publisher
from tests.postgres import NAME, Postgres
from tests.roles import url_of
from tests.schema import enter_schema
from tests.server import serving

QUESTION = "/v1/flows?reporter=JPN&flow=X&frequency=A&period=2024"
FIRST = {"2024": 100}
SETTINGS = {"CATCH_UP_MS": "100", "POOL_TIMEOUT_MS": "1000"}
"""On a busy machine a connection is waited for; that nobody has to be is tests/faults' matter."""


@dataclass(frozen=True)
class Pair:
    """Two servers of which one follows the other, and a service that reads the latter."""

    primary: Postgres
    standby: Postgres

    @property
    def url(self):
        """Return the address of whichever is the primary."""
        sockets = f"{self.primary.socket},{self.standby.socket}"
        query = {"host": sockets, "port": f"{PORT},{PORT}", "target_session_attrs": "primary"}
        return self.primary.url.set(query=query)

    @contextmanager
    def served(self, log, *others):
        """Yield a client of a service of two processes, which reads the standby and `others`."""
        hosts = ",".join(str(server.socket) for server in (self.standby, *others))
        reading = f"postgresql://{READER}@/{NAME}?host={hosts}&target_session_attrs=prefer-standby"
        options = ["--workers=2", "--threads=8"]
        with serving(
            url_of(self.url, READER), log=log, options=options, DATABASE_READ_URL=reading, **SETTINGS
        ) as address:
            yield Client(address)

    def publish(self, figures, **how):
        """Publish figures on the primary."""
        Publisher(create_engine(self.url, poolclass=NullPool))(figures, **how)


@pytest.fixture(scope="package")
def pair(tmp_path_factory):
    """Yield a pair that holds a figure."""
    folder = tmp_path_factory.mktemp("pair")
    pair = Pair(Postgres(folder / "primary"), Postgres(folder / "standby"))
    pair.primary.make()
    enter_schema(create_engine(pair.primary.url, poolclass=NullPool))
    pair.publish(FIRST)
    with pair.primary.connection() as connection:
        connection.execute("ALTER ROLE tradeflows_reader SET log_statement = 'all'")
    pair.standby.follow(pair.primary)
    yield pair
    pair.standby.stop()
    pair.primary.stop()


@pytest.fixture(scope="package")
def service(pair, tmp_path_factory):
    """Yield a client of a service on the pair."""
    with pair.served(tmp_path_factory.mktemp("service") / "log") as client:
        yield client


@pytest.fixture
def mortal_pair(pair, tmp_path):
    """Yield another pair, whose primary may be killed, and a client of a service on it."""
    mortal = Pair(Postgres(tmp_path / "primary"), Postgres(tmp_path / "standby"))
    mortal.primary.follow(pair.primary)
    mortal.primary.promote()
    mortal.standby.follow(mortal.primary)
    with mortal.served(tmp_path / "log") as client:
        yield mortal, client
    mortal.standby.stop()
    mortal.primary.stop()


@pytest.fixture
def another(pair, tmp_path):
    """Yield another standby of the pair's primary, and a client of a service that reads both standbys."""
    another = Postgres(tmp_path / "another")
    another.follow(pair.primary)
    with pair.served(tmp_path / "log", another) as client:
        yield another, client
    another.stop()


class Client:
    """Asks a service; of what it keeps between two requests there is nothing but what it is told to send."""

    def __init__(self, address):
        self.address = address
        self._pool = urllib3.PoolManager(maxsize=10, retries=False, timeout=20)

    def ask(self, path=QUESTION, **headers):
        return self._pool.request("GET", f"{self.address}{path}", headers=headers)

    def seen(self, path=QUESTION, **headers):
        """Return version and value of an answer; who is turned away, as too much is asked, asks again."""
        answer = self.ask(path, **headers)
        while answer.status == 503 and (b"busy" in answer.data or BUSY.encode() in answer.data):
            answer = self.ask(path, **headers)
        assert answer.status == 200, answer.data
        return int(answer.headers["Data-Version"]), int(answer.json()["data"][0]["value"])

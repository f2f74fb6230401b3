"""A PostgreSQL of its own to be killed, frozen and cut off, and a service on it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import urllib3
from sqlalchemy import NullPool, create_engine, make_url

from service.config import sqlalchemy_url
from service.db.embedded.server import ensure_running, stop
from tests.figures import Publisher
from tests.schema import enter_schema
from tests.server import serving

QUESTION = "/v1/flows?reporter=JPN&flow=X&period=2024-01"
SETTINGS = {"STATEMENT_TIMEOUT_MS": "1000", "DEADLINE_MS": "2000", "POOL_SIZE": "2", "ANSWER_CACHE_MB": "0"}
THREADS = 12


@pytest.fixture(scope="package")
def home(tmp_path_factory):
    """Yield the folder of a server that holds two figures."""
    home = tmp_path_factory.mktemp("faults")
    engine = create_engine(sqlalchemy_url(ensure_running(home, durable=False)), poolclass=NullPool)
    enter_schema(engine)
    Publisher(engine)({"2023-01": 100, "2024-01": 150})
    yield home
    stop(home)


@pytest.fixture
def database(home):
    """Return the address of the server, started anew where a test before ended it."""
    return make_url(sqlalchemy_url(ensure_running(home, durable=False)))


@pytest.fixture
def service(database, tmp_path):
    """Yield a service on the server, with one worker and short limits."""
    with serving(database, log=tmp_path / "log", options=[f"--threads={THREADS}"], **SETTINGS) as address:
        service = Service(address)
        assert service.ask().status == 200
        yield service


@pytest.fixture
def timed(record_property):
    """Return a context that records how long its block took, in seconds; no test depends on it."""

    @contextmanager
    def timed():
        began = time.monotonic()
        yield
        record_property("longest_s", time.monotonic() - began)

    return timed


class Service:
    """Asks a service, as many times at once as a test wants."""

    def __init__(self, address):
        self.address = address
        self._pool = urllib3.PoolManager(maxsize=50, block=False, retries=False, timeout=20)

    def ask(self, path=QUESTION):
        return self._pool.request("GET", f"{self.address}{path}")

    def at_once(self, number, path=QUESTION):
        """Return the answers to so many who ask at once, each with the seconds it took."""
        start = threading.Barrier(number)

        def ask(_number):
            start.wait()
            began = time.monotonic()
            return self.ask(path), time.monotonic() - began

        with ThreadPoolExecutor(number) as threads:
            return list(threads.map(ask, range(number)))

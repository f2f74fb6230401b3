"""A PostgreSQL of its own to be killed, frozen and cut off, and a service on it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import urllib3
from sqlalchemy import NullPool, create_engine, make_url

from service.config import sqlalchemy_url
from service.db.embedded.server import ensure_running, stop_server
from tests.support.publisher import Publisher
from tests.support.schema import create_schema
from tests.support.server import run_server

REQUEST_PATH = "/v1/flows?reporter=JPN&flow=X&period=2024-01"
POOL_SIZE, POOL_TIMEOUT_MS = 2, 80
SERVICE_SETTINGS = {
    "TRADEFLOWS_STATEMENT_TIMEOUT_MS": "1000",
    "TRADEFLOWS_DATABASE_TIMEOUT_MS": "2000",
    "TRADEFLOWS_POOL_SIZE": str(POOL_SIZE),
    "TRADEFLOWS_POOL_TIMEOUT_MS": str(POOL_TIMEOUT_MS),
    "TRADEFLOWS_RESPONSE_CACHE_MB": "0",
}
SERVICE_THREADS = 12


@pytest.fixture(scope="package")
def home(tmp_path_factory):
    """Yield the folder of a server that holds two figures."""
    home = tmp_path_factory.mktemp("faults")
    engine = create_engine(sqlalchemy_url(ensure_running(home, is_durable=False)), poolclass=NullPool)
    create_schema(engine)
    Publisher(engine)({"2023-01": 100, "2024-01": 150})
    yield home
    stop_server(home)


@pytest.fixture
def database(home):
    """Return the address of the server, started anew where a test before ended it."""
    return make_url(sqlalchemy_url(ensure_running(home, is_durable=False)))


@pytest.fixture
def service(database, tmp_path):
    """Yield a service on the server, with one worker and short limits."""
    with run_server(
        database, log_file=tmp_path / "log", gunicorn_options=[f"--threads={SERVICE_THREADS}"], **SERVICE_SETTINGS
    ) as address:
        service = ServiceClient(address)
        assert service.get().status == 200
        yield service


@pytest.fixture
def record_duration(record_property):
    """Return a context that records how long its block took, in seconds; no test depends on it."""

    @contextmanager
    def record_duration():
        began = time.monotonic()
        yield
        record_property("longest_s", time.monotonic() - began)

    return record_duration


class ServiceClient:
    """Asks a service, as many times at once as a test wants."""

    def __init__(self, address):
        self.url = address
        self._pool = urllib3.PoolManager(maxsize=50, block=False, retries=False, timeout=20)

    def get(self, path=REQUEST_PATH):
        return self._pool.request("GET", f"{self.url}{path}")

    def get_concurrently(self, count, path=REQUEST_PATH):
        """Return the answers to so many who ask at once, each with the seconds it took."""
        start = threading.Barrier(count)

        def ask(_number):
            start.wait()
            began = time.monotonic()
            return self.get(path), time.monotonic() - began

        with ThreadPoolExecutor(count) as threads:
            return list(threads.map(ask, range(count)))

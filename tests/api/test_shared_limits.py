"""Services with one store share a limit; where the store is away each counts by itself, and answers."""

import shutil
import signal
import subprocess
from contextlib import contextmanager

import pytest

from service.app import create_app
from service.config import Access
from service.db.embedded.process import within

QUESTION = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
SECONDS = 20


class Store:
    """A Redis that listens at a socket, and can be killed and frozen."""

    def __init__(self, program, folder):
        self._program, self._folder, self._socket = program, folder, folder / "redis"
        self._server = None
        self.address = f"redis+unix://{self._socket}"

    def start(self):
        options = ("--port", "0", "--unixsocket", self._socket, "--save", "", "--dir", self._folder)
        self._server = subprocess.Popen([self._program, *options], stdout=subprocess.DEVNULL)
        assert within(SECONDS, self._socket.exists)

    def kill(self):
        self._server.kill()
        self._server.wait()
        self._socket.unlink(missing_ok=True)

    @contextmanager
    def frozen(self):
        self._server.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._server.send_signal(signal.SIGCONT)


@pytest.fixture
def store(tmp_path):
    """Yield a Redis that runs."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server, of Debian's package of that name, is not on this machine")
    store = Store(program, tmp_path)
    store.start()
    yield store
    store.kill()


@pytest.fixture
def service(demo_engine, store):
    """Return a function that makes a service, and returns one that asks it and says how it was answered."""

    def make(limit="3 per hour"):
        client = create_app(
            demo_engine, access=Access(rate_limit=limit, rate_limit_storage=store.address)
        ).test_client()

        def ask():
            answer = client.get(QUESTION)
            return answer.status_code, int(answer.headers["RateLimit-Remaining"])

        return ask

    return make


def test_two_services_with_one_store_share_a_limit(service):
    one, another = service(), service()

    assert [one(), another(), one(), another(), one()] == [(200, 2), (200, 1), (200, 0), (429, 0), (429, 0)]


def test_while_the_store_is_away_each_counts_by_itself_and_then_together_again(service, store):
    one, another = service(), service()
    assert (one(), another()) == ((200, 2), (200, 1))
    store.kill()
    alone = [ask() for ask in (one, one, another, one, one)]
    store.start()

    assert alone == [(200, 2), (200, 1), (200, 2), (200, 0), (429, 0)]
    assert within(SECONDS, lambda: one()[0] == 200)  # the store counts anew, as it kept nothing


def test_a_store_that_says_nothing_keeps_nobody_waiting(service, store):
    ask = service()
    with store.frozen():
        assert [ask(), ask()] == [(200, 2), (200, 1)]


def test_a_service_starts_and_answers_without_its_store(service, store):
    store.kill()

    assert service()() == (200, 2)

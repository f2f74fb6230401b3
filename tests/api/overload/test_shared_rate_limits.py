"""Services with a common store share a rate limit; without the store each service counts its own requests."""

import shutil
import signal
import subprocess
from contextlib import contextmanager

import pytest

from service.app import create_app
from service.config import AccessSettings
from service.db.embedded.process import wait_until

pytestmark = [pytest.mark.process, pytest.mark.network_tools]

REQUEST_PATH = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
TIMEOUT_S = 20


class RedisServer:
    """A Redis that listens at a socket, and can be killed and frozen."""

    def __init__(self, program, folder):
        self._program, self._folder, self._socket = program, folder, folder / "redis"
        self._server = None
        self.url = f"redis+unix://{self._socket}"

    def start(self):
        options = ("--port", "0", "--unixsocket", self._socket, "--save", "", "--dir", self._folder)
        self._server = subprocess.Popen([self._program, *options], stdout=subprocess.DEVNULL)
        assert wait_until(TIMEOUT_S, self._socket.exists)

    def kill(self):
        self._server.kill()
        self._server.wait()
        self._socket.unlink(missing_ok=True)

    @contextmanager
    def suspend(self):
        self._server.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._server.send_signal(signal.SIGCONT)


@pytest.fixture
def redis_server(tmp_path):
    """Yield a Redis that runs."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server, of Debian's package of that name, is not on this machine")
    redis_server = RedisServer(program, tmp_path)
    redis_server.start()
    yield redis_server
    redis_server.kill()


@pytest.fixture
def create_limited_client(demo_engine, redis_server):
    """Return a function that makes a service, and returns one that asks it and says how it was answered."""

    def make(limit="3 per hour"):
        client = create_app(
            demo_engine, access=AccessSettings(rate_limit=limit, rate_limit_storage=redis_server.url)
        ).test_client()

        def ask():
            answer = client.get(REQUEST_PATH)
            return answer.status_code, int(answer.headers["RateLimit-Remaining"])

        return ask

    return make


def test_two_services_with_one_redis_share_a_limit(create_limited_client):
    one, another = create_limited_client(), create_limited_client()

    assert [one(), another(), one(), another(), one()] == [(200, 2), (200, 1), (200, 0), (429, 0), (429, 0)]


def test_without_redis_each_service_counts_separately(create_limited_client, redis_server):
    one, another = create_limited_client(), create_limited_client()
    assert (one(), another()) == ((200, 2), (200, 1))
    redis_server.kill()
    alone = [ask() for ask in (one, one, another, one, one)]
    redis_server.start()

    assert alone == [(200, 2), (200, 1), (200, 2), (200, 0), (429, 0)]
    assert wait_until(TIMEOUT_S, lambda: one()[0] == 200)  # the store counts anew, as it kept nothing


def test_an_unresponsive_redis_does_not_delay_requests(create_limited_client, redis_server):
    ask = create_limited_client()
    with redis_server.suspend():
        assert [ask(), ask()] == [(200, 2), (200, 1)]


def test_a_service_starts_without_redis(create_limited_client, redis_server):
    redis_server.kill()

    assert create_limited_client()() == (200, 2)

"""What `tradeflows fetch` does when an office's server is slow, breaks, or says what should not be told."""

import threading
import time
from email.utils import formatdate
from hashlib import sha256
from http.server import ThreadingHTTPServer

import pytest
from sqlalchemy import text

from tests.support.ingest.provider_stub import ProviderStub, census_response

pytestmark = pytest.mark.process

API_KEY = "very+secret/key"  # pragma: allowlist secret
ONE_MONTH_ARGUMENTS = ("us-census", "--period", "2024-01", "--published", "2024-03-07")
EXIT_UNAVAILABLE, EXIT_BAD_FILE = 69, 65


def release_codes(engine):
    with engine.connect() as connection:
        return connection.scalars(text("SELECT code FROM release ORDER BY 1")).all()


def fail_then_succeed(*failures):
    """Return what an office answers that has these troubles, one after the other, and then none."""
    waiting = list(failures)
    return lambda path, asked: waiting.pop(0) if waiting else census_response(path, asked)


def test_a_retry_date_is_respected(fetch, provider, engine):
    until = int(time.time()) + 3
    asked_at = []

    def answers(path, asked):
        asked_at.append(time.time())
        busy = 429, {"Retry-After": formatdate(until, usegmt=True)}, b"slow down"
        return busy if len(asked_at) == 1 else census_response(path, asked)

    provider.answers = answers

    assert fetch(*ONE_MONTH_ARGUMENTS).returncode == 0
    assert asked_at[1] >= until
    assert release_codes(engine) == ["usa-hs-m-2024-03-07"]


@pytest.mark.parametrize("status", [500, 503])
def test_a_failed_request_is_retried(fetch, provider, engine, status):
    provider.answers = fail_then_succeed((status, {}, b"oh no"))

    assert fetch(*ONE_MONTH_ARGUMENTS).returncode == 0
    assert len(provider.asked) == 3
    assert release_codes(engine) == ["usa-hs-m-2024-03-07"]


def test_a_truncated_download_is_rejected_and_restarted(fetch, provider, engine, tmp_path):
    whole = census_response("/imports/hs", {"get": "I_COMMODITY,CTY_CODE", "COMM_LVL": "HS2", "time": "2024-01"})[2]
    provider.answers = fail_then_succeed((200, {"Content-Length": str(len(whole) + 1000)}, whole))

    done = fetch(*ONE_MONTH_ARGUMENTS)

    assert (done.returncode, "cannot be downloaded" in done.stderr) == (EXIT_UNAVAILABLE, True)
    assert release_codes(engine) == []
    assert [path for path in (tmp_path / "incoming").rglob("*") if path.is_file()] == []
    assert fetch(*ONE_MONTH_ARGUMENTS).returncode == 0
    assert release_codes(engine) == ["usa-hs-m-2024-03-07"]


def test_a_truncated_download_without_length_is_an_invalid_file(fetch, provider, engine):
    whole = census_response("/imports/hs", {"get": "I_COMMODITY,CTY_CODE", "COMM_LVL": "HS2", "time": "2024-01"})[2]
    provider.answers = fail_then_succeed((200, {"Content-Length": ""}, whole[:-10]))

    assert fetch(*ONE_MONTH_ARGUMENTS).returncode == EXIT_BAD_FILE
    assert release_codes(engine) == []
    assert fetch(*ONE_MONTH_ARGUMENTS).returncode == 0


def test_the_downloaded_bytes_are_archived_unchanged(fetch, provider, tmp_path):
    sent = []

    def answers(path, asked):
        status, headers, body = census_response(path, asked)
        sent.append(body.replace(b", ", b" ,\n  "))
        return status, headers, sent[-1]

    provider.answers = answers

    assert fetch(*ONE_MONTH_ARGUMENTS).returncode == 0
    kept = {path.name: path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file()}
    assert [kept[sha256(body).hexdigest()] for body in sent] == sent
    assert [path for path in (tmp_path / "incoming").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "failure",
    [
        (403, {}, f"no such key: {API_KEY}".encode()),
        (403, {}, b"no such key: very%2Bsecret%2Fkey"),
        (302, {"Location": "/imports/hs?key=very%2Bsecret%2Fkey"}, b""),
    ],
    ids=["said back", "said back as in the address", "in an address that points to itself"],
)
def test_the_key_is_redacted_in_every_error(fetch, provider, failure):
    provider.answers = lambda _path, _asked: failure

    done = fetch(*ONE_MONTH_ARGUMENTS, TRADEFLOWS_CENSUS_KEY=API_KEY)

    assert done.returncode == EXIT_UNAVAILABLE
    assert provider.asked[0][1]["key"] == API_KEY
    assert "[key]" in done.stderr
    assert not any(secret in done.stderr + done.stdout for secret in (API_KEY, "very%2Bsecret%2Fkey"))


@pytest.fixture
def other_server():
    """Yield another server than the office's."""
    with ThreadingHTTPServer(("127.0.0.1", 0), ProviderStub) as server:
        server.asked, server.answers = [], lambda _path, _asked: (200, {}, b'{"data": []}')
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_the_key_is_not_sent_to_a_redirect_target(fetch, provider, other_server):
    there = f"http://127.0.0.1:{other_server.server_port}/"
    provider.answers = lambda _path, _asked: (302, {"Location": there}, b"")

    fetch("comtrade", "--reporter", "392", "--period", "2022", "--commodity", "TOTAL", TRADEFLOWS_COMTRADE_KEY=API_KEY)

    assert [headers["Ocp-Apim-Subscription-Key"] for _, _, headers, _ in provider.asked] == [API_KEY]
    assert [API_KEY in str(headers) for _, _, headers, _ in other_server.asked] == [False]

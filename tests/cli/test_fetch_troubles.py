"""What `tradeflows fetch` does when an office's server is slow, breaks, or says what should not be told."""

import threading
import time
from email.utils import formatdate
from hashlib import sha256
from http.server import ThreadingHTTPServer

import pytest
from sqlalchemy import text

from tests.cli.office import Office, census

KEY = "very+secret/key"
ONE_MONTH = ("us-census", "--period", "2024-01", "--published", "2024-03-07")
UNAVAILABLE, BAD_FILE = 69, 65


def releases(engine):
    with engine.connect() as connection:
        return connection.scalars(text("SELECT code FROM release ORDER BY 1")).all()


def first_then(*troubles):
    """Return what an office answers that has these troubles, one after the other, and then none."""
    waiting = list(troubles)
    return lambda path, asked: waiting.pop(0) if waiting else census(path, asked)


def test_a_server_that_names_a_date_is_not_asked_again_before_it(fetch, office, engine):
    until = int(time.time()) + 3
    asked_at = []

    def answers(path, asked):
        asked_at.append(time.time())
        busy = 429, {"Retry-After": formatdate(until, usegmt=True)}, b"slow down"
        return busy if len(asked_at) == 1 else census(path, asked)

    office.answers = answers

    assert fetch(*ONE_MONTH).returncode == 0
    assert asked_at[1] >= until
    assert releases(engine) == ["usa-hs-m-2024-03-07"]


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_that_fails_once_is_asked_again(fetch, office, engine, status):
    office.answers = first_then((status, {}, b"oh no"))

    assert fetch(*ONE_MONTH).returncode == 0
    assert len(office.asked) == 3
    assert releases(engine) == ["usa-hs-m-2024-03-07"]


def test_an_answer_that_is_cut_off_is_not_taken_for_whole_and_a_rerun_starts_anew(fetch, office, engine, tmp_path):
    whole = census("/imports/hs", {"get": "I_COMMODITY,CTY_CODE", "COMM_LVL": "HS2", "time": "2024-01"})[2]
    office.answers = first_then((200, {"Content-Length": str(len(whole) + 1000)}, whole))

    done = fetch(*ONE_MONTH)

    assert (done.returncode, "cannot be had" in done.stderr) == (UNAVAILABLE, True)
    assert releases(engine) == []
    assert [path for path in (tmp_path / "incoming").rglob("*") if path.is_file()] == []
    assert fetch(*ONE_MONTH).returncode == 0
    assert releases(engine) == ["usa-hs-m-2024-03-07"]


def test_an_answer_without_a_length_that_is_cut_off_is_refused_as_a_file(fetch, office, engine):
    whole = census("/imports/hs", {"get": "I_COMMODITY,CTY_CODE", "COMM_LVL": "HS2", "time": "2024-01"})[2]
    office.answers = first_then((200, {"Content-Length": ""}, whole[:-10]))

    assert fetch(*ONE_MONTH).returncode == BAD_FILE
    assert releases(engine) == []
    assert fetch(*ONE_MONTH).returncode == 0


def test_the_bytes_are_archived_as_they_came(fetch, office, tmp_path):
    sent = []

    def answers(path, asked):
        status, headers, body = census(path, asked)
        sent.append(body.replace(b", ", b" ,\n  "))
        return status, headers, sent[-1]

    office.answers = answers

    assert fetch(*ONE_MONTH).returncode == 0
    kept = {path.name: path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file()}
    assert [kept[sha256(body).hexdigest()] for body in sent] == sent
    assert [path for path in (tmp_path / "incoming").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "trouble",
    [
        (403, {}, f"no such key: {KEY}".encode()),
        (403, {}, b"no such key: very%2Bsecret%2Fkey"),
        (302, {"Location": "/imports/hs?key=very%2Bsecret%2Fkey"}, b""),
    ],
    ids=["said back", "said back as in the address", "in an address that points to itself"],
)
def test_the_key_is_in_no_error_whoever_says_it(fetch, office, trouble):
    office.answers = lambda _path, _asked: trouble

    done = fetch(*ONE_MONTH, CENSUS_KEY=KEY)

    assert done.returncode == UNAVAILABLE
    assert office.asked[0][1]["key"] == KEY
    assert "[key]" in done.stderr
    assert not any(secret in done.stderr + done.stdout for secret in (KEY, "very%2Bsecret%2Fkey"))


@pytest.fixture
def elsewhere():
    """Yield another server than the office's."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Office) as server:
        server.asked, server.answers = [], lambda _path, _asked: (200, {}, b'{"data": []}')
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_the_key_is_not_sent_to_another_server_that_the_office_points_to(fetch, office, elsewhere):
    there = f"http://127.0.0.1:{elsewhere.server_port}/"
    office.answers = lambda _path, _asked: (302, {"Location": there}, b"")

    fetch("comtrade", "--reporter", "392", "--period", "2022", "--commodity", "TOTAL", COMTRADE_KEY=KEY)

    assert [headers["Ocp-Apim-Subscription-Key"] for _, _, headers, _ in office.asked] == [KEY]
    assert [KEY in str(headers) for _, _, headers, _ in elsewhere.asked] == [False]

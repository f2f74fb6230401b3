"""Where a key is asked for, nobody else is let in; how often one may ask is counted."""

import logging
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service.api.security.api_keys import all_keys, create_key, revoke_key, rotate_key
from service.app import create_app
from service.config import settings_from
from service.db.access.grants import READER
from service.errors import SettingsError
from service.models import ApiKey
from tests.roles import url_of

QUESTION = "/v1/flows?reporter=JPN&partner=CHN&flow=X&frequency=A&period=2023"
FIGURES = {("X", "CHN", "TOTAL", "2022"): 100, ("X", "CHN", "TOTAL", "2023"): 125}


@pytest.fixture
def app_with(engine, figures):
    """Return a function that makes the service with settings, on a database with two figures."""
    figures(FIGURES)
    reader = create_engine(url_of(engine.url, READER))

    def make(**environment):
        return create_app(
            reader, access=settings_from({"TRADEFLOWS_HOME": "/nowhere"} | environment).access
        ).test_client()

    yield make
    reader.dispose()


@pytest.fixture
def keyed(app_with):
    return app_with(AUTH="key")


@pytest.fixture
def key_for(engine):
    """Return a function that makes a key."""

    def make(scope="read", days=1):
        with Session(engine) as session:
            key = create_key(session, name="somebody", scope=scope, days=days)
            session.commit()
            return key

    return make


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def change(engine, key, **values):
    with Session(engine) as session:
        row = session.get_one(ApiKey, key.split("_")[1])
        for name, value in values.items():
            setattr(row, name, value)
        session.commit()


def test_a_key_lets_in(keyed, key_for):
    answer = keyed.get(QUESTION, headers=bearer(key_for()))

    assert (answer.status_code, answer.json["data"][0]["yoy_pct"]) == (200, 25)


def test_without_a_key_nobody_is_let_in_and_is_told_how(keyed):
    answer = keyed.get(QUESTION)

    assert (answer.status_code, answer.json["type"]) == (401, "/problems/key-wanted")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="tradeflows"'
    assert "Authorization: Bearer KEY" in answer.json["detail"]


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer x",
        "Bearer tfk_000000000000_" + "A" * 43,
        "Basic dXNlcjpwYXNz",
        "Bearer \u00e9",
        "tfk_x",
        "Bearer " + "x" * 4000,
    ],
)
def test_what_is_no_key_does_not_let_in(keyed, header):
    answer = keyed.get(QUESTION, headers={"Authorization": header})

    assert (answer.status_code, answer.json["type"]) == (401, "/problems/key-wanted")


def test_one_letter_off_is_no_key(keyed, key_for):
    key = key_for()
    other = key[:-1] + ("A" if key[-1] != "A" else "B")

    assert keyed.get(QUESTION, headers=bearer(other)).status_code == 401


def test_a_key_opens_nothing_after_it_expired(keyed, key_for, engine):
    key = key_for()
    change(engine, key, expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert keyed.get(QUESTION, headers=bearer(key)).status_code == 401


def test_a_key_opens_nothing_from_the_moment_it_is_revoked(keyed, key_for, engine):
    key = key_for()
    assert keyed.get(QUESTION, headers=bearer(key)).status_code == 200
    with Session(engine) as session:
        revoke_key(session, key.split("_")[1])
        session.commit()

    assert keyed.get(QUESTION, headers=bearer(key)).status_code == 401


def test_a_key_that_is_rotated_goes_on_for_some_days_beside_the_new_one(keyed, key_for, engine):
    old = key_for(scope="bulk", days=100)
    with Session(engine) as session:
        new = rotate_key(session, old.split("_")[1], days=100, overlap_days=7)
        session.commit()
        first, second = all_keys(session)

    assert {keyed.get(QUESTION, headers=bearer(key)).status_code for key in (old, new)} == {200}
    assert (second.name, second.scope) == (first.name, first.scope)
    assert timedelta(days=6.9) < first.expires_at - datetime.now(UTC) <= timedelta(days=7)


def test_whole_tables_want_a_key_of_the_scope_bulk(keyed, key_for):
    address = f"{QUESTION}&format=csv"
    refused = keyed.get(address, headers=bearer(key_for("read")))

    assert (refused.status_code, refused.json["type"]) == (403, "/problems/key-not-enough")
    assert keyed.get(address, headers=bearer(key_for("bulk"))).text.startswith("reporter,")


def test_sdmx_data_are_whole_tables(keyed, key_for):
    address = "/sdmx/2.1/data/test-a/all"
    refused = keyed.get(address, headers=bearer(key_for("read")))
    assert (refused.status_code, refused.json["type"]) == (403, "/problems/key-not-enough")
    assert keyed.get(address, headers=bearer(key_for("bulk"))).status_code == 200


def test_an_answer_that_is_kept_is_not_given_to_who_has_no_key(keyed, key_for):
    key = key_for()
    tag = keyed.get(QUESTION, headers=bearer(key)).headers["ETag"]
    held = {"If-None-Match": tag}

    assert keyed.get(QUESTION, headers=held | bearer(key)).status_code == 304
    assert [keyed.get(QUESTION, headers=headers).status_code for headers in ({}, held, bearer("tfk_x") | held)] == [
        401
    ] * 3


def test_an_answer_that_is_kept_does_not_open_whole_tables_to_a_key_that_does_not(keyed, key_for):
    address = f"{QUESTION}&format=csv&limit=5"
    tag = keyed.get(address, headers=bearer(key_for("bulk"))).headers["ETag"]
    read = bearer(key_for("read"))

    assert [keyed.get(address, headers=read | held).status_code for held in ({}, {"If-None-Match": tag})] == [403] * 2


def test_a_key_in_the_address_does_not_let_in_and_is_not_logged(keyed, key_for, caplog):
    caplog.set_level(logging.DEBUG)
    key = key_for()

    assert keyed.get(f"{QUESTION}&key={key}").status_code == 401
    assert keyed.get(QUESTION, headers=bearer(key)).status_code == 200
    lines = [str(vars(record)) for record in caplog.records]
    secret = key.split("_", 2)[2]
    assert not [line for line in lines if secret in line]
    assert any(f"'key': '{key.split('_')[1]}'" in line for line in lines)


@pytest.mark.parametrize("path", ["/live", "/ready", "/docs", "/openapi.json", "/problems/key-wanted"])
def test_what_tells_of_the_service_needs_no_key(keyed, path):
    assert keyed.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/v1/flows", "/", "/v1/nonsense", "/docsx", "//v1/flows", "/v1/../docs"])
def test_all_else_needs_one(keyed, path):
    assert keyed.get(path).status_code == 401


def test_caches_that_are_shared_do_not_keep_what_wants_a_key(keyed, app_with, key_for):
    private = keyed.get(QUESTION, headers=bearer(key_for())).headers
    public = app_with().get(QUESTION).headers

    assert "private" in private["Cache-Control"]
    assert "Authorization" in private["Vary"]
    assert "public" in public["Cache-Control"]


def test_the_database_holds_no_key(key_for, engine):
    key = key_for()
    with Session(engine) as session:
        (row,) = all_keys(session)

    assert re.fullmatch("[0-9a-f]{64}", row.sha256)
    assert key.split("_", 2)[2] not in str(vars(row))


def test_a_key_has_256_random_bits(key_for):
    parts = [key_for().split("_", 2)[2] for _ in range(3)]

    assert [len(part) for part in parts] == [43] * 3  # 43 letters of 6 bits hold 256
    assert len(set(parts)) == 3


def test_the_description_tells_of_the_key(keyed, app_with):
    asked, open_to_all = keyed.get("/openapi.json").json, app_with().get("/openapi.json").json

    assert asked["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert asked["security"] == [{"key": []}]
    assert open_to_all["security"] == [{}, {"key": []}]
    assert asked["paths"]["/live"]["get"]["security"] == []
    assert {"401", "403", "429"} <= asked["paths"]["/v1/flows"]["get"]["responses"].keys()


def test_who_asks_too_often_is_told_when_to_come_back(app_with):
    client = app_with(RATE_LIMIT="2 per minute")
    answers = [client.get(QUESTION) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer.headers["RateLimit-Limit"] for answer in answers} == {"2"}
    assert 0 < int(answers[2].headers["RateLimit-Reset"]) <= 60
    assert answers[2].headers["Retry-After"] == answers[2].headers["RateLimit-Reset"]
    assert answers[2].json["type"] == "/problems/too-many-requests"


def test_each_address_and_each_key_is_counted_by_itself(app_with, key_for):
    client = app_with(RATE_LIMIT="1 per minute", AUTH="key", TRUSTED_PROXIES="1")
    one, other = key_for(), key_for()

    def status(key, address):
        return client.get(QUESTION, headers=bearer(key) | {"X-Forwarded-For": address}).status_code

    assert [status(one, "192.0.2.1"), status(one, "192.0.2.2"), status(other, "192.0.2.1")] == [200, 429, 200]
    free = app_with(RATE_LIMIT="1 per minute", TRUSTED_PROXIES="1")
    by_address = [
        free.get(QUESTION, headers={"X-Forwarded-For": address}) for address in ("a", "192.0.2.1", "192.0.2.1")
    ]
    assert [answer.status_code for answer in by_address] == [200, 200, 429]


@pytest.mark.parametrize(
    ("proxies", "forwarded"),
    [
        ("0", ["192.0.2.1", "192.0.2.2"]),
        # What stands before the entries of the proxies, the client wrote itself.
        ("1", ["192.0.2.1, 198.51.100.7", "192.0.2.2, 198.51.100.7"]),
        ("2", ["192.0.2.1, 198.51.100.7, 203.0.113.1", "192.0.2.2, 198.51.100.7, 203.0.113.1"]),
    ],
)
def test_an_address_that_a_client_claims_is_not_believed(app_with, proxies, forwarded):
    client = app_with(RATE_LIMIT="1 per minute", TRUSTED_PROXIES=proxies)
    claimed = [client.get(QUESTION, headers={"X-Forwarded-For": addresses}).status_code for addresses in forwarded]

    assert claimed == [200, 429]


def test_all_addresses_of_one_network_of_ipv6_are_counted_as_one(app_with):
    client = app_with(RATE_LIMIT="1 per minute", TRUSTED_PROXIES="1")
    addresses = ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1")
    answers = [client.get(QUESTION, headers={"X-Forwarded-For": address}).status_code for address in addresses]

    assert answers == [200, 429, 200]


def test_who_tries_out_keys_is_limited_too(app_with):
    client = app_with(RATE_LIMIT="2 per minute", AUTH="key")
    tried = [client.get(QUESTION, headers=bearer(f"tfk_{n:012}_{'A' * 43}")).status_code for n in range(3)]

    assert tried == [401, 401, 429]


def test_questions_that_lead_nowhere_are_counted(app_with):
    client = app_with(RATE_LIMIT="1 per minute")

    assert [client.get(path).status_code for path in ("/nowhere", QUESTION)] == [404, 429]


def test_what_is_not_modified_is_counted(app_with):
    client = app_with(RATE_LIMIT="2 per minute")
    held = {"If-None-Match": client.get(QUESTION).headers["ETag"]}
    answers = [client.get(QUESTION, headers=held) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [304, 429]
    assert answers[0].headers["RateLimit-Remaining"] == "0"


def test_questions_about_the_service_are_not_counted(app_with):
    client = app_with(RATE_LIMIT="1 per minute")

    assert {client.get("/live").status_code for _ in range(3)} == {200}
    assert client.get(QUESTION).status_code == 200


def test_without_a_limit_nothing_is_told_of_one(app_with):
    assert "RateLimit-Limit" not in app_with().get(QUESTION).headers


@pytest.mark.parametrize(
    "environment",
    [
        {"AUTH": "password"},
        {"RATE_LIMIT": "often"},
        {"RATE_LIMIT": "1 per minute", "RATE_LIMIT_STORAGE": "nowhere://x"},
    ],
)
def test_settings_that_cannot_be_are_refused_in_words(app_with, environment):
    with pytest.raises(SettingsError, match="should"):
        app_with(**environment)


@pytest.mark.parametrize("jump_s", [-10 * 365 * 86400, -3600, 10 * 365 * 86400])
def test_a_clock_that_jumps_keeps_nobody_out(app_with, monkeypatch, jump_s):
    client, right = app_with(RATE_LIMIT="2 per day"), time.time
    before = [client.get(QUESTION) for _ in range(3)]
    monkeypatch.setattr(time, "time", lambda: right() + jump_s)
    after = [client.get(QUESTION) for _ in range(3)]

    assert [answer.status_code for answer in before + after] == [200, 200, 429] * 2
    assert {0 < int(answer.headers["RateLimit-Reset"]) <= 86400 for answer in before + after} == {True}

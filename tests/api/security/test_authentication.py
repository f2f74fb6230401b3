"""With authentication, requests without a valid API key are refused, and requests are counted by key."""

import logging
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service.api.security.api_keys import create_key, load_keys, revoke_key, rotate_key
from service.app import create_app
from service.config import load_settings
from service.db.access.grants import READER
from service.errors import SettingsError
from service.models import ApiKey
from tests.support.roles import url_for_role

REQUEST_PATH = "/v1/flows?reporter=JPN&partner=CHN&flow=X&frequency=A&period=2023"
FIGURES = {("X", "CHN", "TOTAL", "2022"): 100, ("X", "CHN", "TOTAL", "2023"): 125}


@pytest.fixture
def create_client(engine, figures):
    """Return a function that makes the service with settings, on a database with two figures."""
    figures(FIGURES)
    reader = create_engine(url_for_role(engine.url, READER))

    def make(**environment):
        return create_app(
            reader, access=load_settings({"TRADEFLOWS_HOME": "/nowhere"} | environment).access
        ).test_client()

    yield make
    reader.dispose()


@pytest.fixture
def key_client(create_client):
    return create_client(TRADEFLOWS_AUTH="key")


@pytest.fixture
def issue_key(engine):
    """Return a function that makes a key."""

    def make(scope="read", days=1):
        with Session(engine) as session:
            key = create_key(session, name="somebody", scope=scope, valid_days=days)
            session.commit()
            return key

    return make


def authorization_header(key):
    return {"Authorization": f"Bearer {key}"}


def update_api_key(engine, key, **columns):
    with Session(engine) as session:
        row = session.get_one(ApiKey, key.split("_")[1])
        for name, value in columns.items():
            setattr(row, name, value)
        session.commit()


def test_a_valid_key_grants_access(key_client, issue_key):
    answer = key_client.get(REQUEST_PATH, headers=authorization_header(issue_key()))

    assert (answer.status_code, answer.json["data"][0]["yoy_pct"]) == (200, 25)


def test_a_missing_key_is_401_with_instructions(key_client):
    answer = key_client.get(REQUEST_PATH)

    assert (answer.status_code, answer.json["type"]) == (401, "/problems/authentication-required")
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
def test_an_invalid_key_is_401(key_client, header):
    answer = key_client.get(REQUEST_PATH, headers={"Authorization": header})

    assert (answer.status_code, answer.json["type"]) == (401, "/problems/authentication-required")


def test_a_key_with_one_wrong_character_is_rejected(key_client, issue_key):
    key = issue_key()
    other = key[:-1] + ("A" if key[-1] != "A" else "B")

    assert key_client.get(REQUEST_PATH, headers=authorization_header(other)).status_code == 401


def test_an_expired_key_is_rejected(key_client, issue_key, engine):
    key = issue_key()
    update_api_key(engine, key, expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert key_client.get(REQUEST_PATH, headers=authorization_header(key)).status_code == 401


def test_a_revoked_key_is_rejected_immediately(key_client, issue_key, engine):
    key = issue_key()
    assert key_client.get(REQUEST_PATH, headers=authorization_header(key)).status_code == 200
    with Session(engine) as session:
        revoke_key(session, key.split("_")[1])
        session.commit()

    assert key_client.get(REQUEST_PATH, headers=authorization_header(key)).status_code == 401


def test_a_rotated_key_stays_valid_during_the_overlap(key_client, issue_key, engine):
    old = issue_key(scope="bulk", days=100)
    with Session(engine) as session:
        new = rotate_key(session, old.split("_")[1], valid_days=100, overlap_days=7)
        session.commit()
        first, second = load_keys(session)

    assert {key_client.get(REQUEST_PATH, headers=authorization_header(key)).status_code for key in (old, new)} == {200}
    assert (second.name, second.scope) == (first.name, first.scope)
    assert timedelta(days=6.9) < first.expires_at - datetime.now(UTC) <= timedelta(days=7)


def test_exports_require_the_bulk_scope(key_client, issue_key):
    address = f"{REQUEST_PATH}&format=csv"
    refused = key_client.get(address, headers=authorization_header(issue_key("read")))

    assert (refused.status_code, refused.json["type"]) == (403, "/problems/insufficient-scope")
    assert key_client.get(address, headers=authorization_header(issue_key("bulk"))).text.startswith("reporter,")


def test_sdmx_data_require_the_bulk_scope(key_client, issue_key):
    address = "/sdmx/2.1/data/test-a/all"
    refused = key_client.get(address, headers=authorization_header(issue_key("read")))
    assert (refused.status_code, refused.json["type"]) == (403, "/problems/insufficient-scope")
    assert key_client.get(address, headers=authorization_header(issue_key("bulk"))).status_code == 200


def test_a_cached_response_requires_a_key(key_client, issue_key):
    key = issue_key()
    tag = key_client.get(REQUEST_PATH, headers=authorization_header(key)).headers["ETag"]
    held = {"If-None-Match": tag}

    assert key_client.get(REQUEST_PATH, headers=held | authorization_header(key)).status_code == 304
    assert [
        key_client.get(REQUEST_PATH, headers=headers).status_code
        for headers in ({}, held, authorization_header("tfk_x") | held)
    ] == [401] * 3


def test_a_cached_export_requires_the_bulk_scope(key_client, issue_key):
    address = f"{REQUEST_PATH}&format=csv&limit=5"
    tag = key_client.get(address, headers=authorization_header(issue_key("bulk"))).headers["ETag"]
    read = authorization_header(issue_key("read"))

    assert [key_client.get(address, headers=read | held).status_code for held in ({}, {"If-None-Match": tag})] == [
        403
    ] * 2


def test_a_subscription_key_opens_the_api_of_un_comtrade_alone(key_client, issue_key):
    key, path = issue_key(), "/comtrade/data/v1/getLiveUpdate"
    header = {"Ocp-Apim-Subscription-Key": key}

    assert key_client.get(f"{path}?subscription-key={key}").status_code == 200
    assert key_client.get(path, headers=header).status_code == 200
    assert key_client.get(path).status_code == 401
    assert key_client.get(f"{REQUEST_PATH}&subscription-key={key}", headers=header).status_code == 401


def test_a_key_in_the_url_is_rejected_and_not_logged(key_client, issue_key, caplog):
    caplog.set_level(logging.DEBUG)
    key = issue_key()

    assert key_client.get(f"{REQUEST_PATH}&key={key}").status_code == 401
    assert key_client.get(REQUEST_PATH, headers=authorization_header(key)).status_code == 200
    lines = [str(vars(record)) for record in caplog.records]
    secret = key.split("_", 2)[2]
    assert not [line for line in lines if secret in line]
    assert any(f"'key_id': '{key.split('_')[1]}'" in line for line in lines)


@pytest.mark.parametrize("path", ["/live", "/ready", "/docs", "/openapi.json", "/problems/authentication-required"])
def test_service_pages_require_no_key(key_client, path):
    assert key_client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/v1/flows", "/", "/v1/nonsense", "/docsx", "//v1/flows", "/v1/../docs"])
def test_all_other_paths_require_a_key(key_client, path):
    assert key_client.get(path).status_code == 401


PAGES = (
    "/",
    "/explore?reporter=JPN&flow=X&period=2023",
    "/search?q=Japan",
    "/check",
    "/releases",
    "/embed",
    "/v1/briefings/JPN/2023?format=html",
    pytest.param("/v1/series?reporter=JPN&flow=X&period=2023&format=svg", marks=pytest.mark.process),
)


@pytest.mark.parametrize("path", PAGES)
def test_pages_need_no_key_where_the_setting_says_so(create_client, path):
    public = create_client(TRADEFLOWS_AUTH="key", TRADEFLOWS_PUBLIC_PAGES="on")

    assert public.get(path, follow_redirects=True).status_code == 200
    assert create_client(TRADEFLOWS_AUTH="key").get(path).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        REQUEST_PATH,
        f"{REQUEST_PATH}&format=csv",
        f"{REQUEST_PATH}&format=svg&format=csv",
        "/v1/briefings/JPN/2023",
        "/sdmx/2.1/data/test-a/all?format=svg",
        "/mcp",
        "/explorer",
    ],
)
def test_open_pages_do_not_open_the_api(create_client, path):
    public = create_client(TRADEFLOWS_AUTH="key", TRADEFLOWS_PUBLIC_PAGES="on")

    assert public.get(path).status_code == 401


def test_the_rate_limit_counts_open_pages(create_client):
    settings = {"TRADEFLOWS_AUTH": "key", "TRADEFLOWS_PUBLIC_PAGES": "on", "TRADEFLOWS_RATE_LIMIT": "1 per minute"}
    public = create_client(**settings)

    assert [public.get("/").status_code for _ in range(2)] == [200, 429]


def test_authenticated_responses_are_private_to_shared_caches(key_client, create_client, issue_key):
    private = key_client.get(REQUEST_PATH, headers=authorization_header(issue_key())).headers
    public = create_client().get(REQUEST_PATH).headers

    assert "private" in private["Cache-Control"]
    assert "Authorization" in private["Vary"]
    assert "public" in public["Cache-Control"]


def test_the_database_stores_only_key_hashes(issue_key, engine):
    key = issue_key()
    with Session(engine) as session:
        (row,) = load_keys(session)

    assert re.fullmatch("[0-9a-f]{64}", row.sha256)
    assert key.split("_", 2)[2] not in str(vars(row))


def test_a_key_has_256_random_bits(issue_key):
    parts = [issue_key().split("_", 2)[2] for _ in range(3)]

    assert [len(part) for part in parts] == [43] * 3  # 43 letters of 6 bits hold 256
    assert len(set(parts)) == 3


def test_the_openapi_document_describes_the_key(key_client, create_client):
    asked, open_to_all = key_client.get("/openapi.json").json, create_client().get("/openapi.json").json

    assert asked["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert asked["security"] == [{"key": []}]
    assert open_to_all["security"] == [{}, {"key": []}]
    assert asked["paths"]["/live"]["get"]["security"] == []
    assert {"401", "403", "429"} <= asked["paths"]["/v1/flows"]["get"]["responses"].keys()


def test_exceeding_the_rate_limit_is_429_with_retry_after(create_client):
    client = create_client(TRADEFLOWS_RATE_LIMIT="2 per minute")
    answers = [client.get(REQUEST_PATH) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer.headers["RateLimit-Limit"] for answer in answers} == {"2"}
    assert 0 < int(answers[2].headers["RateLimit-Reset"]) <= 60
    assert answers[2].headers["Retry-After"] == answers[2].headers["RateLimit-Reset"]
    assert answers[2].json["type"] == "/problems/too-many-requests"


def test_the_check_of_a_text_counts_as_ten_requests(create_client):
    client = create_client(TRADEFLOWS_RATE_LIMIT="25 per minute")
    checks = [client.post("/v1/checks", json={"text": "Exports rose 5 percent."}) for _ in range(3)]

    assert [(check.status_code, check.headers["RateLimit-Remaining"]) for check in checks] == [
        *((200, "15"), (200, "5")),
        (429, "5"),
    ]
    assert client.get(REQUEST_PATH).headers["RateLimit-Remaining"] == "4"
    small = create_client(TRADEFLOWS_RATE_LIMIT="1 per minute")
    assert [small.post("/v1/checks", json={"text": "5%"}).status_code for _ in range(2)] == [200, 429]


def test_rate_limits_are_per_address_and_per_key(create_client, issue_key):
    client = create_client(TRADEFLOWS_RATE_LIMIT="1 per minute", TRADEFLOWS_AUTH="key", TRADEFLOWS_TRUSTED_PROXIES="1")
    one, other = issue_key(), issue_key()

    def status(key, address):
        return client.get(REQUEST_PATH, headers=authorization_header(key) | {"X-Forwarded-For": address}).status_code

    assert [status(one, "192.0.2.1"), status(one, "192.0.2.2"), status(other, "192.0.2.1")] == [200, 429, 200]
    free = create_client(TRADEFLOWS_RATE_LIMIT="1 per minute", TRADEFLOWS_TRUSTED_PROXIES="1")
    by_address = [
        free.get(REQUEST_PATH, headers={"X-Forwarded-For": address}) for address in ("a", "192.0.2.1", "192.0.2.1")
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
def test_a_forged_forwarded_address_is_ignored(create_client, proxies, forwarded):
    client = create_client(TRADEFLOWS_RATE_LIMIT="1 per minute", TRADEFLOWS_TRUSTED_PROXIES=proxies)
    claimed = [client.get(REQUEST_PATH, headers={"X-Forwarded-For": addresses}).status_code for addresses in forwarded]

    assert claimed == [200, 429]


def test_an_ipv6_network_shares_one_rate_limit(create_client):
    client = create_client(TRADEFLOWS_RATE_LIMIT="1 per minute", TRADEFLOWS_TRUSTED_PROXIES="1")
    addresses = ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1")
    answers = [client.get(REQUEST_PATH, headers={"X-Forwarded-For": address}).status_code for address in addresses]

    assert answers == [200, 429, 200]


def test_key_guessing_is_rate_limited(create_client):
    client = create_client(TRADEFLOWS_RATE_LIMIT="2 per minute", TRADEFLOWS_AUTH="key")
    tried = [
        client.get(REQUEST_PATH, headers=authorization_header(f"tfk_{n:012}_{'A' * 43}")).status_code for n in range(3)
    ]

    assert tried == [401, 401, 429]


def test_not_found_responses_count_toward_the_limit(create_client):
    client = create_client(TRADEFLOWS_RATE_LIMIT="1 per minute")

    assert [client.get(path).status_code for path in ("/nowhere", REQUEST_PATH)] == [404, 429]


def test_not_modified_responses_count_toward_the_limit(create_client):
    client = create_client(TRADEFLOWS_RATE_LIMIT="2 per minute")
    held = {"If-None-Match": client.get(REQUEST_PATH).headers["ETag"]}
    answers = [client.get(REQUEST_PATH, headers=held) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [304, 429]
    assert answers[0].headers["RateLimit-Remaining"] == "0"


def test_health_checks_do_not_count_toward_the_limit(create_client):
    client = create_client(TRADEFLOWS_RATE_LIMIT="1 per minute")

    assert {client.get("/live").status_code for _ in range(3)} == {200}
    assert client.get(REQUEST_PATH).status_code == 200


def test_no_rate_limit_headers_without_a_limit(create_client):
    assert "RateLimit-Limit" not in create_client().get(REQUEST_PATH).headers


@pytest.mark.parametrize(
    "environment",
    [
        {"TRADEFLOWS_AUTH": "password"},
        {"TRADEFLOWS_RATE_LIMIT": "often"},
        {"TRADEFLOWS_RATE_LIMIT": "1 per minute", "TRADEFLOWS_RATE_LIMIT_STORAGE": "nowhere://x"},
    ],
)
def test_invalid_settings_are_rejected_with_a_message(create_client, environment):
    with pytest.raises(SettingsError, match="should"):
        create_client(**environment)


@pytest.mark.parametrize("jump_s", [-10 * 365 * 86400, -3600, 10 * 365 * 86400])
def test_a_clock_jump_does_not_change_the_limit(create_client, monkeypatch, jump_s):
    client, right = create_client(TRADEFLOWS_RATE_LIMIT="2 per day"), time.time
    before = [client.get(REQUEST_PATH) for _ in range(3)]
    monkeypatch.setattr(time, "time", lambda: right() + jump_s)
    after = [client.get(REQUEST_PATH) for _ in range(3)]

    assert [answer.status_code for answer in before + after] == [200, 200, 429] * 2
    assert {0 < int(answer.headers["RateLimit-Reset"]) <= 86400 for answer in before + after} == {True}

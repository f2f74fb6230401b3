"""/ready reports why the service cannot answer, and a remedy."""

import socket
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from service.app import create_app
from service.db.access.grants import READER
from service.db.diagnostics import MIGRATION_FOLDERS, known_revisions
from service.db.embedded.process import wait_until
from service.db.migrations import downgrade_schema
from tests.support.roles import url_for_role

TIMEOUT_S = 20


def check_readiness(url, **connect_args):
    """Return status and words of /ready of a service on a database."""
    engine = create_engine(url, poolclass=NullPool, connect_args=connect_args)
    answer = create_app(engine).test_client().get("/ready")
    return answer.status_code, answer.json.get("detail") or answer.json["notes"]


@pytest.fixture
def limited_role_url(engine):
    """Yield the address by which a role connects that may have one connection."""
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE limited LOGIN CONNECTION LIMIT 1"))
        connection.execute(text(f"GRANT CONNECT ON DATABASE {engine.url.database} TO limited"))
    yield engine.url.set(username="limited")
    with engine.begin() as connection:
        connection.execute(text(f"REVOKE ALL ON DATABASE {engine.url.database} FROM limited"))
        connection.execute(text("DROP ROLE limited"))


@pytest.fixture
def password_role_url(engine):
    """Yield the address by which a role connects whose password the server asks for."""
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE guarded LOGIN PASSWORD 'right'"))
        rules = Path(connection.scalar(text("SHOW hba_file")))
    before = rules.read_text()
    rules.write_text(f"local all guarded scram-sha-256\n{before}")
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_reload_conf()"))
    url = engine.url.set(username="guarded")
    assert wait_until(TIMEOUT_S, lambda: "password" in check_readiness(url)[1])
    yield url
    rules.write_text(before)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("DROP ROLE guarded"))


def test_wrong_missing_and_correct_passwords_are_distinguished(password_role_url):
    wrong, missing, right = (
        check_readiness(password_role_url.set(password=given)) for given in ("wrong", None, "right")
    )

    away = "The database is not available: "
    assert wrong == (503, f"{away}it rejects the role or the password of the service.")
    assert missing == (503, f"{away}it requires a password, and TRADEFLOWS_DATABASE_PASSWORD is not set.")
    assert right == (503, f"{away}the service's role may not read it: run `tradeflows roles`.")


def test_an_unknown_database_is_unavailable(server):
    assert check_readiness(server.set(database="nowhere")) == (
        503,
        "The database is not available: it has no database, or no role, of that name.",
    )


def test_a_refused_connection_is_unavailable():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        tcp = make_url(f"postgresql+psycopg://a@127.0.0.1:{port}/b")

        assert check_readiness(tcp) == (503, "The database is not available: no server listens at its address.")
    by_file = make_url("postgresql+psycopg://a@/b?host=/nonexistent")
    assert check_readiness(by_file) == (503, "The database is not available: no server listens at its address.")


def test_an_unresponsive_server_is_unavailable():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = make_url(f"postgresql+psycopg://a@127.0.0.1:{silent.getsockname()[1]}/b")

        assert check_readiness(url, connect_timeout=2) == (
            503,
            "The database is not available: it does not respond in time.",
        )


def test_an_exhausted_role_is_unavailable(limited_role_url):
    with ExitStack() as held:
        with suppress(OperationalError):
            held.enter_context(create_engine(limited_role_url, poolclass=NullPool).connect())

        assert check_readiness(limited_role_url) == (
            503,
            "The database is not available: the service's role holds as many connections as it may have.",
        )


def test_a_role_without_privileges_is_unavailable(engine):
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE outsider LOGIN"))
    try:
        assert check_readiness(engine.url.set(username="outsider")) == (
            503,
            "The database is not available: the service's role may not read it: run `tradeflows roles`.",
        )
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP ROLE outsider"))


def test_a_database_without_a_schema_is_unavailable(create_database):
    assert check_readiness(create_database("without_schema")) == (
        503,
        "The database has no schema yet: run `tradeflows migrate`.",
    )


def test_an_older_schema_is_unavailable(engine):
    *_, before, newest = known_revisions()
    downgrade_schema(engine, revision=before)

    assert check_readiness(engine.url) == (
        503,
        f"The schema is at {before}, and the service requires {newest}: run `tradeflows migrate`.",
    )


def test_a_newer_schema_is_ready(engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    assert check_readiness(engine.url)[0] == 200


def test_an_empty_database_is_ready_with_a_note(engine):
    assert check_readiness(url_for_role(engine.url, READER)) == (
        200,
        ["Nothing is loaded: `tradeflows load`, or `tradeflows load demo`."],
    )


def test_a_loaded_database_is_ready_without_notes(demo_engine):
    assert check_readiness(demo_engine.url) == (200, [])


def test_migration_revisions_are_their_numbers():
    folder = next(place for place in MIGRATION_FOLDERS if place.is_dir())
    scripts = ScriptDirectory(str(folder))

    assert known_revisions() == sorted(script.revision for script in scripts.walk_revisions())
    assert known_revisions()[-1] == scripts.get_current_head()


def test_ready_names_the_datasets_of_a_lost_node(engine, figures):
    figures({"2024": 100}, code="test-here")
    figures({"2024": 100}, code="test-away", reporter="KOR")
    figures.execute("""
        CREATE FUNCTION read_release(dataset integer) RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN
            IF dataset = (SELECT id FROM dataset WHERE code = 'test-away') THEN
                RAISE connection_exception USING MESSAGE = 'connection to the remote node failed';
            END IF;
            RETURN true;
        END $$;
        ALTER TABLE release RENAME TO release_of_node;
        CREATE VIEW release AS SELECT * FROM release_of_node WHERE read_release(dataset_id)""")

    answer = create_app(engine).test_client().get("/ready")

    assert (answer.status_code, answer.json["releases"]) == (200, 1)
    assert answer.json["notes"] == ["These datasets cannot be read, requests for others are answered: test-away."]

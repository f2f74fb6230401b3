"""Where the service cannot answer, /ready says why, in words that say what to do."""

import socket
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from service.app import create_app
from service.db.access.grants import READER
from service.db.diagnostics import MIGRATIONS, known_revisions
from service.db.embedded.process import within
from service.db.migrations import undo_migrations
from tests.roles import url_of

SECONDS = 20


def ready(url, **connect):
    """Return status and words of /ready of a service on a database."""
    engine = create_engine(url, poolclass=NullPool, connect_args=connect)
    answer = create_app(engine).test_client().get("/ready")
    return answer.status_code, answer.json.get("detail") or answer.json["notes"]


@pytest.fixture
def limited(engine):
    """Yield the address by which a role connects that may have one connection."""
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE limited LOGIN CONNECTION LIMIT 1"))
        connection.execute(text(f"GRANT CONNECT ON DATABASE {engine.url.database} TO limited"))
    yield engine.url.set(username="limited")
    with engine.begin() as connection:
        connection.execute(text(f"REVOKE ALL ON DATABASE {engine.url.database} FROM limited"))
        connection.execute(text("DROP ROLE limited"))


@pytest.fixture
def guarded(engine):
    """Yield the address by which a role connects whose password the server asks for."""
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE guarded LOGIN PASSWORD 'right'"))
        rules = Path(connection.scalar(text("SHOW hba_file")))
    before = rules.read_text()
    rules.write_text(f"local all guarded scram-sha-256\n{before}")
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_reload_conf()"))
    url = engine.url.set(username="guarded")
    assert within(SECONDS, lambda: "password" in ready(url)[1])
    yield url
    rules.write_text(before)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("DROP ROLE guarded"))


def test_a_password_that_is_wrong_or_missing_or_right(guarded):
    wrong, missing, right = (ready(guarded.set(password=given)) for given in ("wrong", None, "right"))

    away = "The database does not answer: "
    assert wrong == (503, f"{away}it does not take the service's role or password.")
    assert missing == (503, f"{away}it wants a password, and DATABASE_PASSWORD is not set.")
    assert right == (503, f"{away}the service's role may not read it: run `tradeflows roles`.")


def test_a_database_that_is_not_there(server):
    assert ready(server.set(database="nowhere")) == (
        503,
        "The database does not answer: it has no database, or no role, of that name.",
    )


def test_an_address_where_nothing_listens():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        tcp = make_url(f"postgresql+psycopg://a@127.0.0.1:{port}/b")

        assert ready(tcp) == (503, "The database does not answer: nothing listens at its address.")
    by_file = make_url("postgresql+psycopg://a@/b?host=/nonexistent")
    assert ready(by_file) == (503, "The database does not answer: nothing listens at its address.")


def test_a_server_that_says_nothing():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = make_url(f"postgresql+psycopg://a@127.0.0.1:{silent.getsockname()[1]}/b")

        assert ready(url, connect_timeout=2) == (503, "The database does not answer: it does not answer in time.")


def test_a_role_that_holds_all_its_connections(limited):
    with ExitStack() as held:
        with suppress(OperationalError):
            held.enter_context(create_engine(limited, poolclass=NullPool).connect())

        assert ready(limited) == (
            503,
            "The database does not answer: the service's role holds as many connections as it may have.",
        )


def test_a_role_that_may_not_read(engine):
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE outsider LOGIN"))
    try:
        assert ready(engine.url.set(username="outsider")) == (
            503,
            "The database does not answer: the service's role may not read it: run `tradeflows roles`.",
        )
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP ROLE outsider"))


def test_a_database_without_a_schema(create_database):
    assert ready(create_database("without_schema")) == (
        503,
        "The database has no schema yet: run `tradeflows migrate`.",
    )


def test_a_schema_that_is_earlier_than_the_service(engine):
    *_, before, newest = known_revisions()
    undo_migrations(engine, revision=before)

    assert ready(engine.url) == (
        503,
        f"The schema is at {before}, and the service wants {newest}: run `tradeflows migrate`.",
    )


def test_a_schema_that_is_later_than_the_service_will_do(engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    assert ready(engine.url)[0] == 200


def test_a_service_without_figures_is_ready_and_says_so(engine):
    assert ready(url_of(engine.url, READER)) == (
        200,
        ["Nothing is loaded: `tradeflows load`, or `tradeflows load demo`."],
    )


def test_a_service_with_figures_has_nothing_to_see_to(demo_engine):
    assert ready(demo_engine.url) == (200, [])


def test_the_migrations_are_called_by_their_numbers():
    folder = next(place for place in MIGRATIONS if place.is_dir())
    scripts = ScriptDirectory(str(folder))

    assert known_revisions() == sorted(script.revision for script in scripts.walk_revisions())
    assert known_revisions()[-1] == scripts.get_current_head()

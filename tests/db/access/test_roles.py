"""The permissions of every database role, on a database with the demo."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from psycopg.errors import InsufficientPrivilege, ReadOnlySqlTransaction
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import InternalError, OperationalError, ProgrammingError

from service.db.access.grants import LOADER, OWNER, READER
from service.db.access.roles import MAX_READER_CONNECTIONS, create_roles
from service.db.migrations import upgrade_schema
from tests.support.postgres import PostgresServer
from tests.support.roles import PASSWORDS, engine_for_role

ALL_ROLES = (OWNER, LOADER, READER)
DISABLE_READ_ONLY = "SET default_transaction_read_only = off; SET transaction_read_only = off; "

# What is done, and who may do it. Each is rolled back.
READ_STATEMENTS = {
    "SELECT * FROM observation LIMIT 1": ALL_ROLES,
    "SELECT * FROM data_version": ALL_ROLES,
    "SELECT * FROM alembic_version": ALL_ROLES,
    "SELECT * FROM made_later": ALL_ROLES,
    "SELECT pg_is_in_recovery()": ALL_ROLES,
}
LOAD_STATEMENTS = {
    "INSERT INTO area (id, code, name, kind) VALUES (9999, 'QQQ', 'Nowhere', 'special')": (OWNER, LOADER),
    "INSERT INTO made_later VALUES (1)": (OWNER, LOADER),
    "INSERT INTO observation SELECT * FROM observation WHERE false": (OWNER, LOADER),
    "DELETE FROM observation": (OWNER, LOADER),
    "DELETE FROM observation_history": (OWNER, LOADER),
    "UPDATE data_version SET version = version + 1": (OWNER, LOADER),
    "UPDATE release SET state = state": (OWNER, LOADER),
    "CREATE TEMPORARY TABLE mine (n integer)": (OWNER, LOADER),
    "LOCK TABLE observation IN ACCESS EXCLUSIVE MODE": (OWNER, LOADER),  # comes with DELETE
    "SELECT pg_advisory_xact_lock(1)": (OWNER, LOADER),
    "SELECT pg_try_advisory_lock(1)": (OWNER, LOADER),
    "SELECT analyze_figures(ARRAY[1::smallint])": (OWNER, LOADER),
    "SELECT make_partition(9999::smallint, 1, '2024-01-31')": (OWNER, LOADER),
}
OWNER_STATEMENTS = {
    "UPDATE observation SET value = 0": (OWNER,),
    "UPDATE observation_history SET value = 0": (OWNER,),
    "UPDATE release SET sha256 = sha256": (OWNER,),
    "DELETE FROM release_file": (OWNER,),
    "DELETE FROM area_code": (OWNER,),
    "UPDATE area SET name = 'x'": (OWNER,),
    "DELETE FROM exchange_rate": (OWNER,),
    "UPDATE exchange_rate SET per_euro = 1": (OWNER,),
    "INSERT INTO alembic_version VALUES ('x')": (OWNER,),
    "INSERT INTO api_key VALUES ('a', 'b', 'read', 'x', now(), now())": (OWNER,),
    "UPDATE api_key SET revoked_at = null": (OWNER,),
    "TRUNCATE observation": (OWNER,),
    "TRUNCATE data_version": (OWNER,),
    "UPDATE alembic_version SET version_num = 'x'": (OWNER,),
    "CREATE TABLE mine (n integer)": (OWNER,),
    "CREATE SCHEMA mine": (OWNER,),
    "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'": (OWNER,),
    "DROP TABLE observation_history": (OWNER,),
    "ALTER TABLE observation ADD COLUMN x integer": (OWNER,),
    "CREATE INDEX ON release (stage)": (OWNER,),
    "ALTER TABLE observation OWNER TO CURRENT_USER": (OWNER,),
    f"SET ROLE {OWNER}": (OWNER,),
}
FORBIDDEN_STATEMENTS = {
    "SELECT lo_create(0)": (),
    "SELECT lo_from_bytea(0, 'x')": (),
    "SELECT pg_sleep(0)": (),
    "SELECT pg_sleep_for('1 ms')": (),
    "SELECT pg_notify('a', 'b')": (),
    "SELECT pg_cancel_backend(pg_backend_pid())": (),
    "SELECT pg_terminate_backend(pg_backend_pid())": (),
    "SELECT pg_read_file('PG_VERSION')": (),
    "SELECT pg_ls_dir('.')": (),
    "COPY area TO PROGRAM 'true'": (),
    "COPY area FROM '/etc/passwd'": (),
    "SELECT * FROM pg_authid": (),
    "SELECT pg_reload_conf()": (),
    "CREATE ROLE mine": (),
    f"ALTER ROLE {READER} SUPERUSER": (),
    "SET session_replication_role = replica": (),
}
SERVER_STATEMENTS = ("CREATE DATABASE mine", "ALTER SYSTEM SET work_mem = '1GB'", "DROP DATABASE demo_template")
PERMISSION_MATRIX = READ_STATEMENTS | LOAD_STATEMENTS | OWNER_STATEMENTS | FORBIDDEN_STATEMENTS


@pytest.fixture(scope="module")
def restricted_engine(create_database, demo_template):
    """Yield the engine of whoever made the database, which is handed over to the roles."""
    engine = create_engine(create_database("closed", template=demo_template), poolclass=NullPool)
    assert create_roles(engine, passwords=PASSWORDS) == []
    with engine_for_role(engine.url, OWNER).begin() as connection:
        connection.execute(text("CREATE TABLE made_later (n integer)"))
    yield engine
    engine.dispose()


def is_permitted(engine, statement):
    """Return whether the statement is let through, for all that privileges have to say."""
    with engine.connect() as connection:
        try:
            connection.exec_driver_sql(statement)
        except ProgrammingError as error:
            if not isinstance(error.orig, InsufficientPrivilege):
                raise
            return False
    return True


@pytest.mark.parametrize("role", ALL_ROLES)
@pytest.mark.parametrize("statement", PERMISSION_MATRIX)
def test_each_role_has_exactly_its_permissions(restricted_engine, role, statement):
    # The reader's read-only mode is switched off first: what is granted has to hold by itself.
    assert is_permitted(engine_for_role(restricted_engine.url, role), DISABLE_READ_ONLY + statement) is (
        role in PERMISSION_MATRIX[statement]
    )


@pytest.mark.parametrize("role", ALL_ROLES)
@pytest.mark.parametrize("statement", SERVER_STATEMENTS)
def test_no_role_may_change_the_server(restricted_engine, role, statement):
    engine = engine_for_role(restricted_engine.url, role).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        with pytest.raises(ProgrammingError) as raised:
            connection.execute(text(statement))

    assert isinstance(raised.value.orig, InsufficientPrivilege)


def test_the_reader_defaults_to_read_only_transactions(restricted_engine):
    with engine_for_role(restricted_engine.url, READER).connect() as connection, pytest.raises(InternalError) as raised:
        connection.execute(text("CREATE TABLE mine (n integer)"))

    assert isinstance(raised.value.orig, ReadOnlySqlTransaction)


def test_an_unknown_role_cannot_connect(restricted_engine):
    with restricted_engine.begin() as connection:
        connection.execute(text("CREATE ROLE stranger LOGIN PASSWORD 'anybody''s'"))
    try:
        with pytest.raises(OperationalError, match="permission denied for database"):
            engine_for_role(restricted_engine.url, "stranger").connect()
    finally:
        with restricted_engine.begin() as connection:
            connection.execute(text("DROP ROLE stranger"))


@pytest.mark.process
def test_the_reader_has_a_connection_limit(tmp_path):
    server = PostgresServer(tmp_path / "server")  # the limit counts the connections of all tests that share a server
    server.create()
    try:
        create_roles(create_engine(server.url, poolclass=NullPool), passwords=PASSWORDS)
        reader = engine_for_role(server.url, READER)
        with ExitStack() as connections:
            for _ in range(MAX_READER_CONNECTIONS):
                connections.enter_context(reader.connect())

            with pytest.raises(OperationalError, match="too many connections for role"):
                reader.connect()
    finally:
        server.stop()


def test_roles_of_two_databases_can_be_created_at_the_same_time(create_database):
    engines = [create_engine(create_database(f"roles_{n}"), poolclass=NullPool) for n in range(4)]
    with ThreadPoolExecutor(len(engines)) as threads:
        results = [threads.submit(create_roles, engine, passwords=PASSWORDS) for engine in engines for _ in range(3)]

    assert [result.result() for result in results] == [[]] * 12


def test_migration_by_the_owner_grants_permissions(create_database):
    url = create_database("migrated_by_the_owner")
    create_roles(create_engine(url, poolclass=NullPool), passwords=PASSWORDS)

    upgrade_schema(engine_for_role(url, OWNER))

    assert is_permitted(engine_for_role(url, READER), "SELECT * FROM observation")
    assert is_permitted(engine_for_role(url, LOADER), "DELETE FROM observation")
    assert not is_permitted(engine_for_role(url, LOADER), "UPDATE observation SET value = 0")


def test_tables_migrated_by_a_superuser_belong_to_the_owner(create_database):
    engine = create_engine(create_database("migrated_by_another"), poolclass=NullPool)
    create_roles(engine, passwords=PASSWORDS)

    upgrade_schema(engine)

    with engine.connect() as connection:
        owners = connection.scalars(text("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"))
        assert owners.all() == [OWNER]


def test_without_a_superuser_remaining_permissions_are_reported(create_database, server):
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text("DROP ROLE IF EXISTS manager"))
        connection.execute(text("CREATE ROLE manager LOGIN CREATEROLE CREATEDB PASSWORD 'anybody''s'"))
        for role in ALL_ROLES:
            connection.execute(text(f"GRANT {role} TO manager WITH ADMIN OPTION"))
        url = create_database("managed")
        connection.execute(text(f"ALTER DATABASE {url.database} OWNER TO manager"))
    try:
        left = create_roles(engine_for_role(url, "manager"), passwords=PASSWORDS)
        upgrade_schema(engine_for_role(url, OWNER))

        assert {"pg_sleep", "lo_create", "pg_advisory_lock"} <= set(left)
        assert is_permitted(engine_for_role(url, READER), "SELECT * FROM observation")
        assert not is_permitted(engine_for_role(url, READER), DISABLE_READ_ONLY + "DELETE FROM observation")
    finally:
        with admin.connect() as connection:
            for role in ALL_ROLES:
                connection.execute(text(f"REVOKE {role} FROM manager CASCADE"))
            connection.execute(text(f"DROP DATABASE {url.database} WITH (FORCE)"))
            connection.execute(text("DROP ROLE manager"))

"""Access of commands to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
import psycopg
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Engine, NullPool, create_engine, inspect
from sqlalchemy.exc import OperationalError, ProgrammingError

from service.config import Settings, sqlalchemy_url
from service.db.access.grants import READER, uses_roles
from service.db.access.roles import create_roles
from service.db.diagnostics import is_schema_current
from service.db.embedded.data_directory import load_directory
from service.db.embedded.server import shared_server
from service.errors import SettingsError, SourceUnavailable
from service.ingest.catalog.exchange_rates import load_exchange_rates
from service.ingest.catalog.reference_tables import load_reference_tables
from service.ingest.release.load_session import open_load_session


@contextmanager
def open_database(settings: Settings, *, can_create: bool = False) -> Iterator[str]:
    """Yield the URL of the database in the settings or, without one, that of the embedded server.

    The embedded server is started if necessary. With `can_create`, it is also created if it does not exist.

    :raises SourceUnavailable: there is no embedded database yet, and the command may not create one.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    if not can_create and load_directory(settings.home) is None:
        raise SourceUnavailable(
            f"there is no database in {settings.home}; `tradeflows serve`, `migrate` and `load` create one, and "
            "DATABASE_URL or TRADEFLOWS_HOME names another one"
        )
    with shared_server(settings.home) as address:
        yield sqlalchemy_url(address)


@contextmanager
def migrated_engine(settings: Settings, *, can_create: bool = False) -> Iterator[Engine]:
    """Upgrade the schema, the reference tables and the exchange rates of the database, and yield an engine for it.

    With `can_create`, a database or schema that does not exist is created. A new embedded database is announced on
    standard error, because a command with another TRADEFLOWS_HOME than the service creates one by mistake.

    :raises SourceUnavailable: the server does not answer, or has no schema and `can_create` is not set.
    :raises SettingsError: the schema is newer than this version of the service, or is outdated and the connected user
        may not change it.
    """
    is_new = settings.database_url is None and load_directory(settings.home) is None
    with open_database(settings, can_create=can_create) as url:
        if is_new:
            click.echo(
                f"Created a new, empty database in {settings.home}; TRADEFLOWS_HOME or DATABASE_URL names another one.",
                err=True,
            )
        engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
        try:
            if not can_create:
                _check_schema_exists(engine)
            _bring_up_to_date(engine)
            yield engine
        except (OperationalError, psycopg.OperationalError) as error:
            # COPY uses psycopg directly, so its errors are those of psycopg.
            raise SourceUnavailable(f"the database failed: {getattr(error, 'orig', error)}") from error
        finally:
            engine.dispose()


def reader_url(url: str) -> str:
    """Return the URL by which the reader role connects to an embedded database; the roles are created if necessary."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        there = uses_roles(connection)
    if not there:
        create_roles(engine, passwords={})
    return engine.url.set(username=READER).render_as_string(hide_password=False)


def _check_schema_exists(engine: Engine) -> None:
    try:
        is_there = inspect(engine).has_table("alembic_version")
    except OperationalError as error:
        raise SourceUnavailable(f"the database is not available: {error.orig}") from error
    if not is_there:
        raise SourceUnavailable("the database has no schema yet: run `tradeflows migrate`")


def _bring_up_to_date(engine: Engine) -> None:
    try:
        _upgrade_schema(engine)
        _load_bundled_tables(engine)
    except OperationalError as error:
        raise SourceUnavailable(f"the database is not available: {error.orig}") from error
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise SettingsError(
            f"the role {engine.url.username} may not prepare the database: {error.orig.diag.message_primary}; "
            "run `tradeflows migrate` as the owner, and `tradeflows serve --no-migrate` as the reader"
        ) from error


def _upgrade_schema(engine: Engine) -> None:
    with engine.connect() as connection:
        if is_schema_current(connection):
            return
    from service.db.migrations import upgrade_schema  # noqa: PLC0415 - most commands need no migration

    upgrade_schema(engine)


def _load_bundled_tables(engine: Engine) -> None:
    with open_load_session(engine) as session:
        changed = [enter(session) for enter in (load_reference_tables, load_exchange_rates)]
        if any(changed):
            session.commit()

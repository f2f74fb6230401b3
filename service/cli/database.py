"""The database that a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from service.config import Settings, sqlalchemy_url
from service.db.access.grants import READER, roles_in_force
from service.db.access.roles import establish_roles
from service.db.embedded.server import in_use
from service.db.migrations import migrate
from service.errors import SettingsError, SourceUnavailable
from service.ingest.catalog.exchange_rates import enter_exchange_rates
from service.ingest.catalog.reference_tables import enter_reference_tables
from service.ingest.release.publish import in_one_transaction


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """Yield the address of the database: the one that is set, or that of the embedded one while it is in use."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with in_use(settings.home) as address:
        yield sqlalchemy_url(address)


@contextmanager
def prepared_engine(settings: Settings) -> Iterator[Engine]:
    """Yield an engine for loading whose schema, reference tables and exchange rates are up to date.

    :raises SourceUnavailable: the server does not answer.
    :raises SettingsError: it is not up to date, and who is connected may not change that.
    """
    with database(settings) as url:
        engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
        try:
            _prepare(engine)
            yield engine
        except (OperationalError, psycopg.OperationalError) as error:
            # COPY is psycopg's own, and so is what it raises.
            raise SourceUnavailable(f"the database cannot go on: {getattr(error, 'orig', error)}") from error
        finally:
            engine.dispose()


def reading_address(url: str) -> str:
    """Return the address by which a database of this machine is only read, once its roles are there."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        there = roles_in_force(connection)
    if not there:
        establish_roles(engine, passwords={})
    return engine.url.set(username=READER).render_as_string(hide_password=False)


def _prepare(engine: Engine) -> None:
    try:
        migrate(engine)
        _enter_what_comes_along(engine)
    except OperationalError as error:
        raise SourceUnavailable(f"the database does not answer: {error.orig}") from error
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise SettingsError(
            f"the role {engine.url.username} may not prepare the database: {error.orig.diag.message_primary}; "
            "run `tradeflows migrate` as the owner, and `tradeflows serve --no-prepare` as the reader"
        ) from error


def _enter_what_comes_along(engine: Engine) -> None:
    with in_one_transaction(engine) as session:
        changed = [enter(session) for enter in (enter_reference_tables, enter_exchange_rates)]
        if any(changed):
            session.commit()

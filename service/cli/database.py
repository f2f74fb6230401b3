"""The database that a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError

from service.config import Settings, sqlalchemy_url
from service.db.embedded import in_use
from service.db.migrate import migrate
from service.errors import SourceUnavailable
from service.ingest.exchange_rates import enter_exchange_rates
from service.ingest.publish import in_one_transaction
from service.ingest.reference_tables import enter_reference_tables


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
    """
    with database(settings) as url:
        engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
        try:
            _prepare(engine)
            yield engine
        except OperationalError as error:
            raise SourceUnavailable(f"the database cannot go on: {error.orig}") from error
        finally:
            engine.dispose()


def _prepare(engine: Engine) -> None:
    try:
        migrate(engine)
    except OperationalError as error:
        raise SourceUnavailable(f"the database does not answer: {error.orig}") from error
    with in_one_transaction(engine) as session:
        changed = [enter(session) for enter in (enter_reference_tables, enter_exchange_rates)]
        if any(changed):
            session.commit()

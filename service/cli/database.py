"""The database that a command works on."""

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError

from service.config import Settings, sqlalchemy_url
from service.db.embedded import ensure_running
from service.db.migrate import migrate
from service.errors import SourceUnavailable
from service.ingest.publish import in_one_transaction
from service.ingest.reference_tables import enter_reference_tables


def database_url(settings: Settings) -> str:
    """Return the address of the database: the one that is set, or that of the embedded one, started if need be."""
    return settings.database_url or sqlalchemy_url(ensure_running(settings.home))


def prepared_database(url: str) -> Engine:
    """Return an engine for loading whose schema and reference tables are up to date.

    :raises SourceUnavailable: the server does not answer.
    """
    engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    try:
        migrate(engine)
    except OperationalError as error:
        raise SourceUnavailable(f"the database does not answer: {error.orig}") from error
    with in_one_transaction(engine) as session:
        if enter_reference_tables(session):
            session.commit()
    return engine

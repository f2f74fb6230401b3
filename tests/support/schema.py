"""Templates of test databases: the reference tables without figures, and the demo."""

from sqlalchemy import URL, Engine, NullPool, create_engine

from service.db.access.roles import create_roles
from service.db.migrations import upgrade_schema
from service.ingest.catalog.exchange_rates import load_exchange_rates
from service.ingest.catalog.reference_tables import load_reference_tables
from service.ingest.release.load_session import open_load_session
from service.ingest.sources.demo import load_demo
from tests.support.roles import PASSWORDS


def create_schema(engine: Engine) -> None:
    """Create the schema, the reference tables and the roles in an empty database."""
    upgrade_schema(engine)
    with open_load_session(engine) as session:
        load_reference_tables(session)
        session.commit()
    create_roles(engine, passwords=PASSWORDS)


def build_reference_template(url: URL) -> None:
    """Create the schema, the reference tables and the roles in the empty database of `url`."""
    create_schema(create_engine(url, poolclass=NullPool))


def build_demo_template(url: URL) -> None:
    """Load the demo and the exchange rates into a copy of the reference template."""
    engine = create_engine(url, poolclass=NullPool)
    load_demo(engine)
    with open_load_session(engine) as session:
        load_exchange_rates(session)
        session.commit()

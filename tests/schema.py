"""A database with the schema, the reference tables and the roles, and no figures."""

from sqlalchemy import Engine

from service.db.access.roles import establish_roles
from service.db.migrations import migrate
from service.ingest.catalog.reference_tables import enter_reference_tables
from service.ingest.release.publish import in_one_transaction
from tests.roles import PASSWORDS


def enter_schema(engine: Engine) -> None:
    """Make of an empty database one that figures can be loaded into."""
    migrate(engine)
    with in_one_transaction(engine) as session:
        enter_reference_tables(session)
        session.commit()
    establish_roles(engine, passwords=PASSWORDS)

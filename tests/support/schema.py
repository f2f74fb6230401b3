"""A database with the schema, the reference tables and the roles, and no figures."""

from sqlalchemy import Engine

from service.db.access.roles import create_roles
from service.db.migrations import upgrade_schema
from service.ingest.catalog.reference_tables import load_reference_tables
from service.ingest.release.publish import open_load_session
from tests.support.roles import PASSWORDS


def create_schema(engine: Engine) -> None:
    """Make of an empty database one that figures can be loaded into."""
    upgrade_schema(engine)
    with open_load_session(engine) as session:
        load_reference_tables(session)
        session.commit()
    create_roles(engine, passwords=PASSWORDS)

"""The database session of a load, and the data version, which a load increments."""

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from service.domain.data_state import new_data_token


def open_load_session(engine: Engine) -> Session:
    """Return a session for one load: one transaction, without a statement timeout and with more memory."""
    session = Session(engine)
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(text("SET LOCAL work_mem = '128MB'"))
    session.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
    return session


def increment_data_version(session: Session) -> None:
    """Increment the data version and replace the data token, so that no cached response stays valid."""
    statement = text("UPDATE data_version SET version = version + 1, token = :token")
    session.execute(statement, {"token": new_data_token()})

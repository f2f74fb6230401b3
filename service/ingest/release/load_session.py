"""The session of a load, and the version of the data that a load increments."""

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from service.domain.data_state import new_data_token


def open_load_session(engine: Engine) -> Session:
    """Return a session for one load, without a statement timeout; an error rolls back everything."""
    session = Session(engine)
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(text("SET LOCAL work_mem = '128MB'"))
    session.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
    return session


def increment_data_version(session: Session) -> None:
    """Invalidate every earlier response: increment the version and replace the data token."""
    statement = text("UPDATE data_version SET version = version + 1, token = :token")
    session.execute(statement, {"token": new_data_token()})

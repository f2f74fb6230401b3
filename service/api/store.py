"""The database as a request sees it: one session a request, and the reference tables of the current version."""

import weakref

from flask import Flask, current_app, g
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from service.api.questions import Questions
from service.api.reference import Reference, load_reference
from service.db.reads import Reads
from service.models import DataVersion

EXTENSION = "tradeflows.store"


class Store:
    """A database, and the reference tables as they were when last read from it.

    `reads` are connections for prepared statements, and `questions` asks by them; both are null where that is not
    wanted, and SQLAlchemy asks, with the same answers. `export_engine` is the one for answers that are streamed.
    """

    def __init__(self, engine: Engine, *, export_engine: Engine, hot_reads: bool) -> None:
        self.engine, self.export_engine = engine, export_engine
        self.reads = Reads(engine) if hot_reads else None
        self.questions = None if self.reads is None else Questions(self.reads)
        self._reference: Reference | None = None
        if self.reads is not None:
            weakref.finalize(self, self.reads.close)

    def version(self) -> int:
        """Return the version of all data now; 0 where nothing was ever entered."""
        if self.reads is not None:
            return self.reads.version()
        return current_session().scalar(select(DataVersion.version)) or 0

    def reference(self) -> Reference:
        """Return the reference tables at the current data version, read again only when that has moved."""
        version, reference = self.version(), self._reference
        while reference is None or reference.version != version:
            loaded, read_at = load_reference(current_session(), version=version), version
            version = self.version()
            if version == read_at:
                reference = self._reference = loaded
        return reference


def init_store(app: Flask, engine: Engine, *, export_engine: Engine, hot_reads: bool) -> None:
    """Give `app` its database, and close each request's session when the request ends."""
    app.extensions[EXTENSION] = Store(engine, export_engine=export_engine, hot_reads=hot_reads)
    app.teardown_appcontext(_close)


def current_store() -> Store:
    """Return the store of the application that answers."""
    store: Store = current_app.extensions[EXTENSION]
    return store


def current_session() -> Session:
    """Return the session of this request, opened at its first use."""
    if "session" not in g:
        g.session = Session(current_store().engine)
    session: Session = g.session
    return session


def release_session() -> None:
    """Close the session of this request; the next use opens another."""
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.close()


def current_reference() -> Reference:
    """Return the reference tables, the same ones for the whole of this request."""
    if "reference" not in g:
        g.reference = current_store().reference()
    reference: Reference = g.reference
    return reference


def forget_reference() -> None:
    """Let the next use in this request read the reference tables as they are by then."""
    release_session()
    g.pop("reference", None)


def _close(_error: BaseException | None) -> None:
    release_session()

"""The database as a request sees it: one session a request, and the reference tables of the current version."""

from dataclasses import dataclass, field

from flask import Flask, current_app, g
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from service.api.reference import Reference, load_reference
from service.models import DataVersion

EXTENSION = "tradeflows.store"


@dataclass
class Store:
    """An engine, the one for exports, and the reference tables as they were when last read.

    `hot_reads` tells whether answers are made the fast way; the other way, they are the same.
    """

    engine: Engine
    export_engine: Engine
    hot_reads: bool = True
    _reference: Reference | None = field(default=None)

    def reference(self, session: Session) -> Reference:
        """Return the reference tables at the current data version, read again only when that has moved."""
        version = session.scalar(select(DataVersion.version)) or 0
        reference = self._reference
        if reference is None or reference.version != version:
            reference = self._reference = load_reference(session, version=version)
        return reference


def init_store(app: Flask, engine: Engine, *, export_engine: Engine, hot_reads: bool) -> None:
    """Give `app` its database, and close each request's session when the request ends."""
    app.extensions[EXTENSION] = Store(engine, export_engine, hot_reads)
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
        g.reference = current_store().reference(current_session())
    reference: Reference = g.reference
    return reference


def forget_reference() -> None:
    """Have the reference tables looked at anew, where the data moved on during this request."""
    release_session()
    g.pop("reference", None)


def _close(_error: BaseException | None) -> None:
    release_session()

"""The roles of the database, as tests connect by them."""

from functools import cache

from sqlalchemy import URL, Engine, NullPool, create_engine

from service.db.access.grants import LOADER, OWNER, READER

PASSWORDS = {OWNER: "owner's", LOADER: "loader's", READER: "reader's"}
"""For servers that ask for one; the server that tests start by themselves does not."""


@cache
def engine_for_role(url: URL, role: str) -> Engine:
    """Return an engine that connects as `role`, and holds no connection while it is not used.

    There is one for each address, so that its statements are compiled once in a run.
    """
    return create_engine(url_for_role(url, role), poolclass=NullPool)


def url_for_role(url: URL, role: str) -> URL:
    """Return the address by which `role` connects."""
    return url.set(username=role, password=PASSWORDS.get(role, "anybody's"))

"""States of the data: a version that increases with each change, and a random token that no other state has."""

import secrets
from typing import NamedTuple


class DataState(NamedTuple):
    """A state of all data of a database.

    `version` is 0 where nothing was ever loaded. Two states with equal versions differ in their tokens: a copy of a
    database that was restored and changed has other data than the original at the same version.
    """

    version: int = 0
    token: str = ""


def parse_data_state(text: str | None) -> DataState:
    """Return the state that the database wrote as version and token, separated by a space; null is the empty state."""
    version, _, token = (text or "0 ").partition(" ")
    return DataState(int(version), token)


def new_data_token() -> str:
    """Return a random token of 128 bits."""
    return secrets.token_hex(16)

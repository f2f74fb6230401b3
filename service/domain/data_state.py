"""States of the data: a version that increases with each change, and a random token that no other state has."""

import secrets
from typing import NamedTuple


class DataState(NamedTuple):
    """The state of all data of a database, which identifies its content.

    `version` increases with each change of the data; it is 0 where nothing was ever loaded. `token` is random, and
    distinguishes states with equal versions: a copy of a database that was restored and then changed can have the
    version of the original, but other data.
    """

    version: int = 0
    token: str = ""


def parse_data_state(text: str | None) -> DataState:
    """Return the state that a text from the database describes: the version and the token, separated by a space.

    Null is the state of a database without data.
    """
    version, _, token = (text or "0 ").partition(" ")
    return DataState(int(version), token)


def new_data_token() -> str:
    """Return a random token of 128 bits, as hexadecimal digits."""
    return secrets.token_hex(16)

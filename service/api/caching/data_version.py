"""Never back in time: a client that tells the version of the data it has seen gets nothing older."""

from flask import request

from service.errors import Fault, InvalidRequest, NoSuchVersion

DATA_VERSION = "Data-Version"
"""The header that tells of which version of the data an answer is, and in a request, which one the client has seen."""
MOST_DIGITS = 9
VERSION_SEEN = {
    "in": "header",
    "name": DATA_VERSION,
    "description": (
        "The version of the data that the client has seen, of an answer's header of that name: none older answers. "
        "503 where no server that can be reached has it yet; 422 where there is no such version."
    ),
    "schema": {"type": "integer", "minimum": 0, "maximum": 10**MOST_DIGITS - 1, "examples": [17]},
}
"""The parameter that a request tells it in, as it is described."""


def version_seen() -> int:
    """Return the version of the data that the client has seen; 0 where it does not say.

    :raises InvalidRequest: it says something else.
    """
    text = request.headers.get(DATA_VERSION)
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise InvalidRequest(Fault(DATA_VERSION, text, "it is a whole number, the Data-Version of an answer"))
    return int(text)


def refuse_newer(version: int) -> None:
    """Refuse to answer with the data of `version` who has seen newer ones.

    :raises NoSuchVersion: the client has.
    """
    if version < (seen := version_seen()):
        raise NoSuchVersion(seen, newest=version)

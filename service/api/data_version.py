"""Never back in time: a client that tells the version of the data it has seen gets nothing older."""

from flask import request

from service.errors import InvalidRequest, ParameterError, UnknownDataVersion

DATA_VERSION_HEADER = "Data-Version"
"""The header that tells of which version of the data an answer is, and in a request, which one the client has seen."""
MAX_VERSION_DIGITS = 9
DATA_VERSION_PARAMETER = {
    "in": "header",
    "name": DATA_VERSION_HEADER,
    "description": (
        "The version of the data that the client has seen, of an answer's header of that name: none older answers. "
        "503 where no server that can be reached has it yet; 422 where there is no such version."
    ),
    "schema": {"type": "integer", "minimum": 0, "maximum": 10**MAX_VERSION_DIGITS - 1, "examples": [17]},
}
"""The parameter that a request tells it in, as it is described."""


def client_data_version() -> int:
    """Return the version of the data that the client has seen; 0 where it does not say.

    :raises InvalidRequest: it says something else.
    """
    text = request.headers.get(DATA_VERSION_HEADER)
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_VERSION_DIGITS):
        raise InvalidRequest(
            ParameterError(DATA_VERSION_HEADER, text, "it is a whole number, the Data-Version of an answer")
        )
    return int(text)


def check_client_data_version(data_version: int) -> None:
    """Refuse to answer with the data of `version` who has seen newer ones.

    :raises NoSuchVersion: the client has.
    """
    if data_version < (seen := client_data_version()):
        raise UnknownDataVersion(seen, newest=data_version)

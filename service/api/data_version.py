"""The request header Data-Version: a client sends the newest data version that it has seen, and gets no older data."""

DATA_VERSION_HEADER = "Data-Version"
"""Name of the header: in a response the data version, in a request the one that the client has seen."""
MAX_VERSION_DIGITS = 9
DATA_VERSION_PARAMETER = {
    "in": "header",
    "name": DATA_VERSION_HEADER,
    "description": (
        "Data version that the client has seen, from this header of a response. The response has no older data: "
        "the status is 503 where no reachable server has that version yet, and 422 where it does not exist."
    ),
    "schema": {"type": "integer", "minimum": 0, "maximum": 10**MAX_VERSION_DIGITS - 1, "examples": [17]},
}
"""The header as a parameter in the OpenAPI document."""

"""The context of the current HTTP request. No other module stores it in `flask.g`."""

from flask import Flask, Response, current_app, g, request

from service.api.data_version import DATA_VERSION_HEADER, MAX_VERSION_DIGITS
from service.api.database.context import Context, ResourceFetcher
from service.api.database.database import Database
from service.db.replicas.routing import ReplicaSet
from service.errors import InsufficientScope, InvalidRequest, ParameterError

DATABASE_EXTENSION = "tradeflows.database"
RESOURCES_EXTENSION = "tradeflows.resources"
BULK_SCOPE = "bulk"
"""The scope of an API key that may read whole tables."""


def init_database(
    app: Flask, servers: ReplicaSet, resources: ResourceFetcher, *, prepare_statements: bool = True
) -> None:
    """Give `app` its database and its resources, and close the database context of each request at its end.

    `resources` fetches results by URL. `prepare_statements` says whether statements are prepared on the
    connections, which some poolers do not support.
    """
    app.extensions[DATABASE_EXTENSION] = Database(servers, prepare_statements=prepare_statements)
    app.extensions[RESOURCES_EXTENSION] = resources
    app.after_request(_add_version_header)
    app.teardown_appcontext(_close_context)


def current_database() -> Database:
    """Return the database of the current application."""
    database: Database = current_app.extensions[DATABASE_EXTENSION]
    return database


def current_context() -> Context:
    """Return the database context of the current request, which is created at its first use.

    :raises InvalidRequest: the header Data-Version is malformed.
    """
    if "context" not in g:
        text = request.headers.get(DATA_VERSION_HEADER)
        min_version = 0 if text is None else _parse_data_version(text)
        resources = current_app.extensions[RESOURCES_EXTENSION]
        g.context = Context(current_database(), resources, min_data_version=min_version)
    context: Context = g.context
    return context


def set_key_scope(scope: str) -> None:
    """Record the scope, such as `bulk`, of the API key that authenticated the current request."""
    g.key_scope = scope


def require_bulk_scope(requested_format: str) -> None:
    """Check that the API key of the current request allows a format in which a response can have all rows at once.

    A request passes the check if it was not authenticated by an API key.

    :raises InsufficientScope: the scope of the API key is not `bulk`.
    """
    if g.get("key_scope", BULK_SCOPE) != BULK_SCOPE:
        raise InsufficientScope(insufficient_scope_message(requested_format))


def insufficient_scope_message(requested_format: str) -> str:
    """Return the error message for an API key whose scope does not allow responses in `requested_format`."""
    return f"The API key allows responses in JSON only. {requested_format} requires a key with the scope {BULK_SCOPE}."


def _add_version_header(response: Response) -> Response:
    context: Context | None = g.get("context")
    version = None if context is None else context.reference_version
    if version is not None:
        response.headers[DATA_VERSION_HEADER] = str(version)
    return response


def _close_context(_error: BaseException | None) -> None:
    context: Context | None = g.pop("context", None)
    if context is not None:
        context.close()


def _parse_data_version(text: str) -> int:
    """Return the data version that the client has seen.

    :raises InvalidRequest: the header is malformed.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_VERSION_DIGITS):
        raise InvalidRequest(
            ParameterError(DATA_VERSION_HEADER, text, "it should be a whole number, the Data-Version of a response")
        )
    return int(text)

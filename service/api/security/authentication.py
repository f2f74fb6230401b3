"""Who is let in, where the service asks for a key: in the header Authorization, and nowhere else."""

from flask import Flask, Response, current_app, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from service.api.database.request_context import asked_of_primary, release_session
from service.api.observability.access_log import INTERNAL
from service.api.overload.rate_limiting import init_rate_limits
from service.api.security.api_keys import valid_key
from service.config import Access
from service.errors import KeyNotEnough, KeyWanted

BULK = "bulk"
OPEN = ("/live", "/ready", "/metrics", "/openapi.json", "/docs", "/problems")
"""What needs no key: how the service is, what it can be asked, and what its problems mean."""
EXTENSION = "tradeflows.asks_for_keys"

NO_KEY = "a key is wanted: send the header `Authorization: Bearer KEY`"
NOT_VALID = "the key is not valid: it is misspelt, expired or revoked, or not sent as `Bearer KEY`"


def init_access(app: Flask, access: Access) -> None:
    """Let `app` answer questions about figures only to who has a key, and only so often, as `access` has it.

    :raises SettingsError: the limit cannot be read, or the storage of its counts not be used.
    """
    app.extensions[EXTENSION] = access.asks_for_keys
    if access.trusted_proxies:
        proxies = access.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    if access.asks_for_keys:
        app.before_request(_look_up_key)
    # Between the two, so that who tries out keys is limited as well, by address.
    init_rate_limits(app, limit=access.rate_limit, storage=access.rate_limit_storage, counts=is_counted)
    if access.asks_for_keys:
        app.before_request(_refuse_without_key)
        app.after_request(_keep_private)


def asks_for_keys(app: Flask) -> bool:
    """Return whether `app` answers only who has a key."""
    return bool(app.extensions[EXTENSION])


def needs_key(path: str) -> bool:
    """Return whether what lies at a path is only for who has a key, where keys are asked for."""
    return not any(path == part or path.startswith(f"{part}/") for part in OPEN)


def is_counted() -> bool:
    """Return whether this request is somebody's question: not the service's own, nor one about the service."""
    return INTERNAL not in request.environ and request.method != "OPTIONS" and needs_key(request.path)


def allow_whole(what: str) -> None:
    """Let this request be answered with a whole table; `what` says in words as what.

    :raises KeyNotEnough: the key opens answers page by page only.
    """
    if current_app.extensions[EXTENSION] and g.get("key_scope", BULK) != BULK:
        raise KeyNotEnough(not_enough(what))


def not_enough(what: str) -> str:
    """Return what somebody is told whose key does not open `what`."""
    return f"the key opens answers in JSON; {what} wants one of the scope {BULK}"


def _look_up_key() -> None:
    kind, _, presented = request.headers.get("Authorization", "").partition(" ")
    if not is_counted() or kind.lower() != "bearer" or not presented:
        return
    # Of the primary: a standby that is behind does not know yet that a key was revoked.
    key = asked_of_primary(lambda session: valid_key(session, presented.strip()))
    if key is not None:
        g.key, g.key_scope = key.id, key.scope
    # The connection goes back meanwhile: what answers may need none, or several.
    release_session()


def _refuse_without_key() -> None:
    if not is_counted() or "key" in g:
        return
    raise KeyWanted(NOT_VALID if "Authorization" in request.headers else NO_KEY)


def _keep_private(response: Response) -> Response:
    """Keep caches that others share from answering to who has no key."""
    if needs_key(request.path):
        response.vary.add("Authorization")
        if response.cache_control.public:
            response.cache_control.public = False
            response.cache_control.private = True
    return response

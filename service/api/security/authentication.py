"""Authentication by API keys, in the header Authorization, or for UN Comtrade's API as its subscription key."""

import re
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from service.api.contract.formats import FORMATS, negotiate_format
from service.api.database.request_context import current_context, set_key_scope
from service.api.observability.access_log import INTERNAL_REQUEST
from service.api.overload.rate_limiting import init_rate_limiting
from service.api.security.api_keys import authenticate_key
from service.config import AccessSettings
from service.errors import NotAcceptable, Unauthorized

UNAUTHENTICATED_PATHS = (
    "/live",
    "/ready",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/problems",
    "/.well-known",
    "/favicon.ico",
)
"""Paths that need no key: health checks, metrics, the description of the API, its problem types, contacts."""
PAGE_PATHS = ("/explore", "/embed", "/oembed", "/search", "/check", "/releases", "/assets")
"""Paths of pages and of the files that they load, below which there are only pages; the first page is /."""
PAGE_FORMATS = frozenset({"html", "svg", "png"})
"""Formats that pages are made of: briefings, and the charts that pages embed."""
_match_page_resource = re.compile(
    r"/v1/(?:(?:series|partners|commodities|balances|flows|revisions)(?:/[^/]+)?|briefings/[^/]+/[^/]+)"
).fullmatch
"""Matches the paths of resources that lead a browser to a page."""
SUBSCRIPTION_KEY_PATH = "/comtrade"
SUBSCRIPTION_KEY_HEADER = "Ocp-Apim-Subscription-Key"
AUTHENTICATION_EXTENSION = "tradeflows.asks_for_keys"
PUBLIC_PAGES = "TRADEFLOWS_PUBLIC_PAGES"
"""Configuration key that says whether pages need no key."""

MISSING_KEY_MESSAGE = "An API key is required. Send the header Authorization: Bearer KEY."
INVALID_KEY_MESSAGE = "The API key is not valid: it is unknown, expired or revoked, or was not sent as Bearer KEY."


def init_access_control(app: Flask, settings: AccessSettings) -> None:
    """Require API keys for the requests to `app`, and limit their rate, if the settings say so.

    :raises SettingsError: the rate limit cannot be parsed, or its storage cannot be used.
    """
    app.extensions[AUTHENTICATION_EXTENSION] = settings.authentication_enabled
    app.config[PUBLIC_PAGES] = settings.has_public_pages
    if settings.trusted_proxies:
        proxies = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    if settings.authentication_enabled:
        app.before_request(_authenticate_request)
    # The rate limit comes before authentication, so that guesses of keys are limited by address.
    init_rate_limiting(
        app, rate_limit=settings.rate_limit, storage_url=settings.rate_limit_storage, is_limited=is_access_controlled
    )
    if settings.authentication_enabled:
        app.before_request(_require_key)
        app.after_request(_set_private_caching)


def authentication_enabled(app: Flask) -> bool:
    """Return whether `app` requires API keys."""
    return bool(app.extensions[AUTHENTICATION_EXTENSION])


def requires_api_key(path: str) -> bool:
    """Return whether requests for a path need an API key, if the service has authentication."""
    return not _matches_path(path, UNAUTHENTICATED_PATHS)


def is_access_controlled() -> bool:
    """Return whether the current request is subject to API keys and rate limits, if the service has them."""
    return INTERNAL_REQUEST not in request.environ and request.method != "OPTIONS" and requires_api_key(request.path)


def is_data_restricted() -> bool:
    """Return whether HTML pages need no API key, but the same data in other formats do."""
    return authentication_enabled(current_app) and bool(current_app.config[PUBLIC_PAGES])


def leads_to_public_page(url: str) -> bool:
    """Return whether every reader of a page can follow a link to `url`.

    It is false where the data need an API key, and `url` has data without an HTML page.
    """
    path = urlsplit(url).path
    return not is_data_restricted() or not path.startswith("/v1/") or _match_page_resource(path) is not None


def _is_public_page() -> bool:
    """Return whether the current request is for a page or a chart, and pages need no key."""
    if not current_app.config[PUBLIC_PAGES]:
        return False
    if request.path == "/" or _matches_path(request.path, PAGE_PATHS):
        return True
    formats = request.args.getlist("format")
    if formats:
        return request.path.startswith("/v1/") and len(formats) == 1 and formats[0] in PAGE_FORMATS
    return _match_page_resource(request.path) is not None and _prefers_page()


def _prefers_page() -> bool:
    """Return whether the Accept header prefers a page to all other formats, as that of browsers does."""
    try:
        return negotiate_format(None, supported_formats=tuple(FORMATS)) == "html"
    except NotAcceptable:
        return False


def _matches_path(path: str, parts: tuple[str, ...]) -> bool:
    return any(path == part or path.startswith(f"{part}/") for part in parts)


def _authenticate_request() -> None:
    text = _presented_key()
    if not is_access_controlled() or not text:
        return
    # Keys are read from the primary, because a lagging standby may miss a revocation.
    context = current_context()
    key = context.read_from_primary(lambda session: authenticate_key(session, text))
    if key is not None:
        g.key = key.id
        set_key_scope(key.scope)
    # The connection returns to its pool, because the response may need none.
    context.close()


def _presented_key() -> str:
    """Return the key of the current request; empty where there is none.

    Clients of UN Comtrade can send it only as their subscription key.
    """
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    if not request.path.startswith(f"{SUBSCRIPTION_KEY_PATH}/"):
        return ""
    return request.headers.get(SUBSCRIPTION_KEY_HEADER) or request.args.get("subscription-key", "")


def _require_key() -> None:
    if not is_access_controlled() or "key" in g or _is_public_page():
        return
    raise Unauthorized(INVALID_KEY_MESSAGE if "Authorization" in request.headers else MISSING_KEY_MESSAGE)


def _set_private_caching(response: Response) -> Response:
    """Set Cache-Control to private, so that shared caches do not serve clients without a key."""
    if requires_api_key(request.path) and not _is_public_page():
        response.vary.add("Authorization")
        if response.cache_control.public:
            response.cache_control.public = False
            response.cache_control.private = True
    return response

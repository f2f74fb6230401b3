"""GET /.well-known/api-catalog (RFC 9727), /.well-known/security.txt (RFC 9116), /favicon.ico."""

import json
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, current_app, request, url_for

from service.errors import NotFound

blueprint = Blueprint("well_known", __name__)
SECURITY_CONTACT = "TRADEFLOWS_SECURITY_CONTACT"
LINKSET_TYPE = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
VALIDITY = timedelta(days=180)
"""Time for which the contact for security is valid; RFC 9116 recommends less than a year."""
CACHE_CONTROL_DAY = "public, max-age=86400"
APIS = (
    ("/v1", "/openapi.json", "application/vnd.oai.openapi+json;version=3.1", "/docs"),
    ("/sdmx/2.1", "/sdmx/2.1/dataflow", "application/vnd.sdmx.structure+xml", None),
    ("/sdmx/3.0", "/sdmx/3.0/structure/dataflow", "application/vnd.sdmx.structure+xml", None),
    ("/comtrade", "/comtrade/files/v1/app/reference/ListofReferences.json", "application/json", None),
    ("/mcp", "/llms.txt", "text/markdown", None),
)
"""Each API: its path, its description with its media type, and its documentation; null where there is none."""
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#1d4e89"/>'
    '<path d="M3 12h2V8H3zm4 0h2V5H7zm4 0h2V3h-2z" fill="#fff"/></svg>'
)


@blueprint.get("/.well-known/api-catalog")
def get_api_catalog() -> Response:
    """Return the catalog of the APIs of the service."""
    base = request.host_url.rstrip("/")
    entries = [
        {
            "anchor": f"{base}{path}",
            "service-desc": [{"href": f"{base}{description}", "type": media_type}],
            **(
                {}
                if documentation is None
                else {"service-doc": [{"href": f"{base}{documentation}", "type": "text/html"}]}
            ),
            "status": [{"href": f"{base}/ready", "type": "application/json"}],
        }
        for path, description, media_type, documentation in APIS
    ]
    response = Response(json.dumps({"linkset": entries}), content_type=LINKSET_TYPE)
    response.headers["Link"] = f'<{url_for("well_known.get_api_catalog", _external=True)}>; rel="api-catalog"'
    response.headers["Cache-Control"] = CACHE_CONTROL_DAY
    return response


@blueprint.get("/.well-known/security.txt")
def get_security_contact() -> Response:
    """Return the contact for reports of security faults.

    :raises NotFound: the operator of the service has set none.
    """
    contact = current_app.config[SECURITY_CONTACT]
    if contact is None:
        raise NotFound("The operator of this service has set no contact (TRADEFLOWS_SECURITY_CONTACT).")
    expires = (datetime.now(UTC) + VALIDITY).strftime("%Y-%m-%dT00:00:00Z")
    text = f"Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\n"
    return Response(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": CACHE_CONTROL_DAY})


@blueprint.get("/favicon.ico")
def get_icon() -> Response:
    """Return the icon of the service."""
    return Response(ICON, content_type="image/svg+xml", headers={"Cache-Control": CACHE_CONTROL_DAY})

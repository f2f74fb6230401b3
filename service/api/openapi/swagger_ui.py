"""Swagger UI, served from the service itself."""

from pathlib import Path

import flask_swagger_ui
from flask import Flask, Response, current_app, redirect, request, send_from_directory, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.api.security.authentication import authentication_enabled
from service.api.security.headers import SWAGGER_CSP

SWAGGER_UI_DIRECTORY = Path(flask_swagger_ui.__file__).parent / "dist"
SWAGGER_UI_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "favicon-32x32.png")

SWAGGER_UI_HTML = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tradeflows: try it out</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" href="docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
SWAGGER_UI_SCRIPT = """window.ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  plugins: [PLUGINS],
});
"""
HIDDEN_AUTHORIZATION = "{wrapComponents: {authorizeBtn: () => () => null, authorizeOperationBtn: () => () => null}}"
"""A plugin without padlocks, for a service that requires no API key."""


def init_swagger_ui(app: Flask) -> None:
    """Serve Swagger UI at /docs."""
    app.add_url_rule("/docs", "docs", _serve_page)
    app.add_url_rule("/docs/start.js", "docs_start", _serve_script)
    file_names = ", ".join(f'"{name}"' for name in SWAGGER_UI_FILES)
    app.add_url_rule(f"/docs/<any({file_names}):name>", "docs_file", _serve_file)


def _serve_page() -> AnyResponse:
    if request.path.endswith("/"):
        return redirect(url_for("docs"), code=308)  # links in the page are relative to /docs
    return _add_csp(Response(SWAGGER_UI_HTML, content_type="text/html; charset=utf-8"))


def _serve_script() -> Response:
    plugins = "" if authentication_enabled(current_app) else HIDDEN_AUTHORIZATION
    script = SWAGGER_UI_SCRIPT.replace("PLUGINS", plugins)
    return _add_csp(Response(script, content_type="text/javascript; charset=utf-8"))


def _serve_file(name: str) -> AnyResponse:
    return send_from_directory(SWAGGER_UI_DIRECTORY, name, max_age=3600)


def _add_csp(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = SWAGGER_CSP
    return response

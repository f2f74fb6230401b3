"""Swagger UI, served from the service itself."""

from pathlib import Path

import flask_swagger_ui
from flask import Flask, Response, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from service.api.security.headers import TRY_OUT

FILES = Path(flask_swagger_ui.__file__).parent / "dist"
SERVED = ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "favicon-32x32.png")

PAGE = """<!doctype html>
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
START = """window.ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
"""


def init_docs(app: Flask) -> None:
    """Serve /docs."""
    app.add_url_rule("/docs", "docs", _page)
    app.add_url_rule("/docs/start.js", "docs_start", _start)
    served = ", ".join(f'"{name}"' for name in SERVED)
    app.add_url_rule(f"/docs/<any({served}):name>", "docs_file", _file)


def _page() -> Response:
    return _guarded(Response(PAGE, content_type="text/html; charset=utf-8"))


def _start() -> Response:
    return _guarded(Response(START, content_type="text/javascript; charset=utf-8"))


def _file(name: str) -> AnyResponse:
    return send_from_directory(FILES, name, max_age=3600)


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = TRY_OUT
    return response

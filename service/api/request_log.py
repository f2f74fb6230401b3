"""One JSON line a request, with the number that the answer carries in X-Request-ID."""

import json
import logging
import re
import time
import uuid

from flask import Flask, Response, g, request

from service.api.facts import noted

log = logging.getLogger("tradeflows.requests")
INTERNAL = "tradeflows.internal"
"""Set in the environment of a request that the service makes of itself; it is logged for debugging only."""
_SECRETS = (
    (re.compile(r"tfk_[\w-]*"), "a key"),
    (re.compile(r"(?i)((?:^|&)[^=&]*(?:key|token|secret|passw|auth)[^=&]*=)[^&]*"), r"\1..."),
)
"""Keys belong into a header; what looks like one that somebody puts into an address is not written down."""
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object; what a record carries in `request` becomes members of it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line of JSON."""
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        } | getattr(record, "request", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def init_request_log(app: Flask) -> None:
    """Number the requests of `app` and log each when it is answered."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _SAFE_ID.fullmatch(given) else uuid.uuid4().hex
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    facts = {
        "request_id": g.get("request_id", ""),
        "method": request.method,
        "path": _harmless(request.path),
        "query": _harmless(request.query_string.decode("latin-1")),
        "key": g.get("key"),
        "route": request.url_rule.rule if request.url_rule else None,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "rows": noted().get("rows"),
        "releases": noted().get("releases", []),
        "data_version": noted().get("data_version"),
        "cache": noted().get("cache"),
    }
    log.log(logging.DEBUG if INTERNAL in request.environ else logging.INFO, "request", extra={"request": facts})
    return response


def _harmless(text: str) -> str:
    for secret, instead in _SECRETS:
        text = secret.sub(instead, text)
    return text

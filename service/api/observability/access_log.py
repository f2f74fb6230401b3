"""The access log: one JSON line per request, with the id of the header X-Request-ID."""

import logging
import re
import time
import uuid
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import msgspec
from flask import Flask, Response, g, request

from service.api.log_context import log_fields
from service.api.problems.types import MAX_QUERY_CHARACTERS
from service.domain.text_rules import printable

log = logging.getLogger("tradeflows.requests")
HEALTH_CHECK_ROUTES = frozenset({"/live", "/ready"})
"""Routes whose successful requests are logged at level debug: a probe every few seconds says nothing new."""
INTERNAL_REQUEST = "tradeflows.internal"
"""The WSGI variable of requests that the service sends to itself; they are logged at level debug."""
LOG_ENTRY = "tradeflows.logged"
"""The WSGI variable with the log entry of the request."""
_SECRET_PATTERNS = (
    (re.compile(r"tfk_[\w-]*"), "a key"),
    (re.compile(r"(?i)((?:^|&)[^=&]*(?:key|token|secret|passw|auth)[^=&]*=)[^&]*"), r"\1..."),
)
"""Patterns of API keys in URLs, where they do not belong; they are redacted in the log."""
_SEARCH_SECRET_HINT = re.compile(r"(?i)key|token|secret|passw|auth|tfk_").search
"""A quick test that all patterns imply."""
MAX_ENCODINGS = 3
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


class JsonLinesFormatter(logging.Formatter):
    """A formatter of log records as JSON objects; the entries of a record's attribute `request` become members."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line of JSON."""
        line = {
            "time": _format_time(int(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        } | getattr(record, "request", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


class TextFormatter(logging.Formatter):
    """A formatter of log records for people, such as `2024-02-28T09:00:00+0000 info GET /v1/flows 200 12.3 ms ID`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of text. An exception adds further lines."""
        entry = getattr(record, "request", None)
        message = record.getMessage() if entry is None else _request_text(entry)
        line = f"{_format_time(int(record.created))} {record.levelname.lower()} {printable(message)}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _request_text(entry: Mapping[str, Any]) -> str:
    query = f"?{entry['query']}" if entry["query"] else ""
    return f"{entry['method']} {entry['path']}{query} {entry['status']} {entry['duration_ms']} ms {entry['request_id']}"


def init_logging(*, log_format: str, log_level: str) -> None:
    """Write log records to standard error, as JSON or text (`log_format`), if their level is at least `log_level`.

    Libraries never log at level debug.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLinesFormatter() if log_format == "json" else TextFormatter())
    logging.basicConfig(level="INFO" if log_level == "debug" else log_level.upper(), handlers=[handler], force=True)
    logging.getLogger("tradeflows").setLevel(log_level.upper())


@lru_cache(maxsize=4)
def _format_time(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(second))


def init_access_log(app: Flask) -> None:
    """Give each request of `app` an id, and log it after the response."""
    app.before_request(_start_request)
    app.after_request(_finish_request)


def safe_request_id(client_request_id: str) -> str:
    """Return the id of a request: `client_request_id`, its header X-Request-ID, if it is safe to log, else a new id."""
    return client_request_id if _SAFE_ID.fullmatch(client_request_id) else uuid.uuid4().hex


def decoded_path(environ: Mapping[str, Any]) -> str:
    """Return the requested path, with U+FFFD in place of invalid bytes; empty where the path could not be parsed."""
    return str(environ["PATH_INFO"]).encode("latin-1").decode(errors="replace")


def log_request(
    environ: MutableMapping[str, Any],
    *,
    request_id: str,
    route: str | None,
    status: int,
    seconds: float,
    fields: Mapping[str, Any],
) -> None:
    """Log the request of a WSGI environment. `fields` are additional members, as in log_context.py.

    The log entry is also stored in the environment, where metrics and traces read it.
    """
    environ[LOG_ENTRY] = line = {
        "request_id": request_id,
        "method": environ["REQUEST_METHOD"],
        "path": redact(decoded_path(environ)),
        "query": _query_text(environ.get("QUERY_STRING", "")),
        "key_id": fields.get("key_id"),
        "route": route,
        "status": status,
        "duration_ms": round(seconds * 1000, 1),
        "row_count": fields.get("row_count"),
        "releases": fields.get("releases", []),
        "data_version": fields.get("data_version"),
        "cache": fields.get("cache"),
    }
    is_quiet = INTERNAL_REQUEST in environ or (route in HEALTH_CHECK_ROUTES and status < 400)
    log.log(logging.DEBUG if is_quiet else logging.INFO, "request", extra={"request": line})


def _query_text(query: str) -> str:
    return redact(query) if len(query) <= MAX_QUERY_CHARACTERS else f"({len(query)} characters)"


def _start_request() -> None:
    g.request_id = safe_request_id(request.headers.get("X-Request-ID", ""))
    g.began = time.perf_counter()


def _finish_request(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    log_request(
        request.environ,
        request_id=g.get("request_id", ""),
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        seconds=seconds,
        fields={"key_id": g.get("key"), **log_fields()},
    )
    return response


def redact(text: str) -> str:
    """Return a text without the API keys in it, even if their names or values are percent-encoded several times."""
    decoded = text
    for _ in range(MAX_ENCODINGS if "%" in text else 0):
        decoded = unquote(decoded)
    if not _SEARCH_SECRET_HINT(decoded):
        return text
    redacted = decoded
    for secret, instead in _SECRET_PATTERNS:
        redacted = secret.sub(instead, redacted)
    return text if redacted == decoded else redacted

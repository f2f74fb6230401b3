"""Traces with spans of requests and of their SQL statements, exported by OTLP over HTTP; see tracing_setup.py.

Statements are recorded in their prepared form, without the values of a request.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from typing import Any

from flask import Flask
from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract
from opentelemetry.propagators.textmap import Getter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from sqlalchemy import Engine, event
from werkzeug.wsgi import ClosingIterator

from service.api.database.database import Database
from service.api.database.request_context import DATABASE_EXTENSION
from service.api.observability.access_log import LOG_ENTRY

MAX_SQL_CHARACTERS = 50_000
"""Characters of a statement in a span; longer ones are cut."""
SHUTDOWN_TIMEOUT_MS = 2000
"""Milliseconds that a process tries to export remaining spans at its end."""
SPAN_ATTRIBUTES = {"route": "http.route", "row_count": "tradeflows.row_count", "cache": "tradeflows.cache"}
SPAN_ATTRIBUTES |= {"request_id": "tradeflows.request_id"}
"""Span attributes by the name of the field in the access log."""


def instrument_app(app: Flask) -> None:
    """Trace every request of `app` and every statement of its engines."""
    tracer = _tracer_provider().get_tracer("tradeflows", version("tradeflows"))
    app.wsgi_app = _TracingMiddleware(app.wsgi_app, tracer)  # type: ignore[method-assign] # as Flask's documents have it
    database: Database = app.extensions[DATABASE_EXTENSION]
    for engine in {engine for server in database.servers.servers for engine in (server.engine, server.export_engine)}:
        _instrument_engine(engine, tracer)
    for reads in database.read_pools.values():
        reads.statement_hook = lambda sql: _statement_span(tracer, sql.decode())
    database.copy_hook = lambda: partial(_statement_span, tracer, parent=context.get_current())


def _tracer_provider() -> TracerProvider:
    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: "tradeflows"}
    provider = TracerProvider(resource=Resource.create(named | {SERVICE_VERSION: version("tradeflows")}))
    provider.add_span_processor(_BoundedSpanProcessor(OTLPSpanExporter()))
    return provider


class _BoundedSpanProcessor(BatchSpanProcessor):
    """Exports spans in batches. At its end a process waits at most `SHUTDOWN_TIMEOUT_MS`, not the default of 30 s."""

    def shutdown(self) -> None:
        self._batch_processor.shutdown(
            SHUTDOWN_TIMEOUT_MS
        )  # a private attribute, but the only place to set the timeout


class _TracingMiddleware:
    """WSGI middleware with a span for each request, which ends when the response is sent."""

    def __init__(self, application: Any, tracer: Tracer) -> None:
        self._application, self._tracer = application, tracer

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request_attributes = {
            "http.request.method": environ["REQUEST_METHOD"],
            "url.path": environ.get("PATH_INFO", ""),
        }
        span = self._tracer.start_span(
            environ["REQUEST_METHOD"],
            extract(environ, getter=_HEADER_GETTER),
            kind=SpanKind.SERVER,
            attributes=request_attributes,
        )

        def record_status(status: str, *rest: Any) -> Any:
            span.set_attribute("http.response.status_code", int(status[:3]))
            if status.startswith("5"):
                span.set_status(StatusCode.ERROR)
            return start_response(status, *rest)

        token = context.attach(trace.set_span_in_context(span))
        try:
            answer = self._application(environ, record_status)
            _set_attributes(span, environ.get(LOG_ENTRY, {}))
            return ClosingIterator(answer, span.end)
        except BaseException as error:
            _end_failed_span(span, error)
            raise
        finally:
            context.detach(token)


class _WsgiHeaderGetter(Getter[Mapping[str, Any]]):
    """Reads the headers of a WSGI environment."""

    def get(self, carrier: Mapping[str, Any], key: str) -> list[str] | None:
        value = carrier.get(f"HTTP_{key.upper().replace('-', '_')}")
        return None if value is None else [value]

    def keys(self, carrier: Mapping[str, Any]) -> list[str]:
        return [name.removeprefix("HTTP_").replace("_", "-").lower() for name in carrier if name.startswith("HTTP_")]


_HEADER_GETTER = _WsgiHeaderGetter()


def _set_attributes(span: Span, log_entry: Mapping[str, Any]) -> None:
    """Set the attributes of a request's span from its log entry."""
    span.set_attributes(
        {SPAN_ATTRIBUTES[name]: log_entry[name] for name in SPAN_ATTRIBUTES if log_entry.get(name) is not None}
    )
    if log_entry.get("route"):
        span.update_name(f"{log_entry['method']} {log_entry['route']}")


def _instrument_engine(engine: Engine, tracer: Tracer) -> None:
    """Record a span for each statement of an engine."""

    @event.listens_for(engine, "before_cursor_execute")
    def begin(_connection: Any, _cursor: Any, statement: str, _values: Any, execution: Any, _many: bool) -> None:
        execution.tradeflows_span = _start_span(tracer, statement)

    @event.listens_for(engine, "after_cursor_execute")
    def end(_connection: Any, _cursor: Any, _statement: str, _values: Any, execution: Any, _many: bool) -> None:
        execution.tradeflows_span.end()

    @event.listens_for(engine, "handle_error")
    def fail(error_context: Any) -> None:
        span = getattr(error_context.execution_context, "tradeflows_span", None)
        if span is not None:
            _end_failed_span(span, error_context.original_exception)


@contextmanager
def _statement_span(tracer: Tracer, sql: str, *, parent: Context | None = None) -> Iterator[None]:
    span = _start_span(tracer, sql, parent=parent)
    try:
        yield
    except BaseException as error:
        _end_failed_span(span, error)
        raise
    span.end()


def _start_span(tracer: Tracer, sql: str, *, parent: Context | None = None) -> Span:
    attributes = {"db.system.name": "postgresql", "db.query.text": sql[:MAX_SQL_CHARACTERS]}
    return tracer.start_span(sql.split(maxsplit=1)[0], parent, kind=SpanKind.CLIENT, attributes=attributes)


def _end_failed_span(span: Span, error: BaseException) -> None:
    span.set_status(StatusCode.ERROR, type(error).__name__)
    span.end()

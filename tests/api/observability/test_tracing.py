"""Traces as a collector receives them from a real server; none without a collector."""

import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import urllib3
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from service.api.observability.tracing_setup import is_tracing_enabled
from service.db.access.grants import READER
from tests.support.roles import url_for_role
from tests.support.server import run_server

pytestmark = pytest.mark.process

REQUEST_PATH = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
TRACE_ID, OTHER_TRACE_ID, PARENT_SPAN_ID = f"{10:032x}", f"{12:032x}", f"{11:016x}"
TRACE_HEADERS = {"traceparent": f"00-{TRACE_ID}-{PARENT_SPAN_ID}-01", "X-Request-ID": "order-66"}
MAX_EXPORT_WAIT_S = 30
MAX_SHUTDOWN_S = 9
"""OpenTelemetry by itself tries for ten seconds and more; this is a bound for that, not a measure."""
FAST_EXPORT_SETTINGS = {"OTEL_BSP_SCHEDULE_DELAY": "100"}


class TraceCollector:
    """Receives traces by OTLP over HTTP, and keeps the spans."""

    def __init__(self):
        self.spans, self.resources = [], []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                assert self.path == "/v1/traces"
                sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
                for each in sent.resource_spans:
                    collector.resources.append(span_attributes(each.resource))
                    collector.spans += [span for scope in each.scope_spans for span in scope.spans]
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_what):
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever).start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._server.server_close()

    def wait_for_span(self, name, trace_id=TRACE_ID):
        """Return the span of that name of the trace, once it is there, and those below it."""
        end = time.monotonic() + MAX_EXPORT_WAIT_S
        while not (found := [span for span in self.spans if span.name == name and span.trace_id.hex() == trace_id]):
            assert time.monotonic() < end, [span.name for span in self.spans]
            time.sleep(0.05)
        (root,) = found
        return root, [span for span in self.spans if span.parent_span_id == root.span_id]


def span_attributes(span):
    """Return the attributes of a span or a resource by name."""
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


@pytest.fixture
def collector():
    with TraceCollector() as collector:
        yield collector


@pytest.fixture
def traced_server_url(demo_engine, tmp_path, collector):
    """Yield the address of a server that sends its traces to the collector."""
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url} | FAST_EXPORT_SETTINGS
    with run_server(url_for_role(demo_engine.url, READER), log_file=tmp_path / "log", **settings) as address:
        yield address


def test_a_request_span_joins_the_trace_and_has_statement_spans(traced_server_url, collector):
    assert [
        urllib3.request("GET", traced_server_url + path, headers=TRACE_HEADERS).status
        for path in (REQUEST_PATH, "/ready")
    ] == [200] * 2
    root, below = collector.wait_for_span("GET /v1/flows")
    _, by_sqlalchemy = collector.wait_for_span("GET /ready")
    statements = [span_attributes(span)["db.query.text"] for span in below]
    told = span_attributes(root)

    assert (root.parent_span_id.hex(), root.kind) == (PARENT_SPAN_ID, Span.SPAN_KIND_SERVER)
    assert {name: told[name] for name in told if name != "tradeflows.cache"} == {
        "http.request.method": "GET",
        "url.path": "/v1/flows",
        "http.route": "/v1/flows",
        "http.response.status_code": 200,
        "tradeflows.row_count": 1,
        "tradeflows.request_id": "order-66",
    }
    assert {span.kind for span in below} == {Span.SPAN_KIND_CLIENT}
    assert [statement for statement in statements if "observation" in statement], statements
    assert not any("CHN" in statement or "2024" in statement for statement in statements)
    assert any("alembic_version" in span_attributes(span)["db.query.text"] for span in by_sqlalchemy)
    assert all(span_attributes(span)["db.system.name"] == "postgresql" for span in below)
    assert all(root.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano for span in below)
    assert collector.resources[0]["service.name"] == "tradeflows"


def test_only_server_errors_have_error_status(collector, server, tmp_path):
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url} | FAST_EXPORT_SETTINGS
    with run_server(server.set(database="nowhere"), log_file=tmp_path / "log", **settings) as address:
        urllib3.request("GET", f"{address}/v1/flows?partnr=CHN", headers=TRACE_HEADERS)
        urllib3.request("GET", f"{address}/ready", headers=TRACE_HEADERS, retries=False)
        refused, _ = collector.wait_for_span("GET /v1/flows")
        away, _ = collector.wait_for_span("GET /ready")

    assert (span_attributes(refused)["http.response.status_code"], refused.status.code) == (
        422,
        Status.STATUS_CODE_UNSET,
    )
    assert (span_attributes(away)["http.response.status_code"], away.status.code) == (503, Status.STATUS_CODE_ERROR)


def test_a_cached_response_has_a_route_attribute(traced_server_url, collector):
    for trace in (TRACE_ID, OTHER_TRACE_ID):
        headers = {"traceparent": f"00-{trace}-{PARENT_SPAN_ID}-01", "X-Request-ID": trace}
        assert urllib3.request("GET", traced_server_url + REQUEST_PATH, headers=headers).status == 200
    told = span_attributes(collector.wait_for_span("GET /v1/flows", OTHER_TRACE_ID)[0])

    assert told["tradeflows.cache"] == "hit"
    assert {name: told[name] for name in ("http.route", "tradeflows.row_count", "tradeflows.request_id")} == {
        "http.route": "/v1/flows",
        "tradeflows.row_count": 1,
        "tradeflows.request_id": OTHER_TRACE_ID,
    }


def test_an_export_has_a_copy_span(traced_server_url, collector):
    exported = urllib3.request(
        "GET", f"{traced_server_url}/v1/flows?reporter=JPN&period=2024-01&format=ndjson", headers=TRACE_HEADERS
    )
    root, below = collector.wait_for_span("GET /v1/flows")
    (copy,) = (span for span in below if span.name == "COPY")

    assert len(exported.data.splitlines()) == 2
    assert span_attributes(copy)["db.query.text"].startswith("COPY (")
    assert "2024" not in span_attributes(copy)["db.query.text"]
    assert root.start_time_unix_nano <= copy.start_time_unix_nano < copy.end_time_unix_nano <= root.end_time_unix_nano


def test_an_unresponsive_collector_does_not_delay_shutdown(demo_engine, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        with run_server(url_for_role(demo_engine.url, READER), log_file=tmp_path / "log", **settings) as address:
            assert urllib3.request("GET", address + REQUEST_PATH).status == 200
            told_to_end = time.monotonic()
        assert time.monotonic() - told_to_end < MAX_SHUTDOWN_S


def test_the_service_responds_without_a_collector(demo_engine, tmp_path):
    settings = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
    } | FAST_EXPORT_SETTINGS
    with run_server(url_for_role(demo_engine.url, READER), log_file=tmp_path / "log", **settings) as address:
        assert [urllib3.request("GET", address + REQUEST_PATH).status for _ in range(3)] == [200] * 3


def test_opentelemetry_is_not_imported_without_tracing():
    code = (
        "import sys, service.wsgi; service.wsgi.application(); print([m for m in sys.modules if 'opentelemetry' in m])"
    )
    environment = {"DATABASE_URL": "postgresql://user@host/database", "TRADEFLOWS_HOME": "/nowhere"}
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60
    )

    assert ended.stdout == "[]\n"


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_opentelemetry_settings_enable_tracing(environment, wanted):
    assert is_tracing_enabled(environment) is wanted

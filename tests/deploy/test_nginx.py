"""nginx in front of the real service: what it takes upon itself, and what it lets pass untouched."""

import http.client
import json
import os
import socket
import ssl
import subprocess
import time
from contextlib import ExitStack, closing

import pytest

from service.api.problems.handlers import TYPES
from service.db.embedded.process import within
from tests.deploy.conftest import free_port, needs_nginx, put_in_place, running_nginx
from tests.measures import p99_ms

pytestmark = needs_nginx
ASKED = int(os.environ.get("ASKED", "20"))
"""How many requests others make while slow clients are there."""
CHINA = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"


@pytest.fixture(scope="module")
def configuration(pytestconfig):
    return pytestconfig.rootpath / "deploy"


@pytest.fixture(scope="module")
def nginx(served, configuration, tmp_path_factory):
    """Yield the port and the folder of an nginx in front of the service."""
    port = free_port()
    listen = put_in_place((configuration / "listen.conf").read_text(), {"8080": f"127.0.0.1:{port}"})
    folder = tmp_path_factory.mktemp("nginx")
    changes = {"client_header_timeout 10s": "client_header_timeout 2s"}
    address = served.removeprefix("http://")
    with running_nginx(folder, configuration, service=address, port=port, listen=listen, changes=changes):
        yield port, folder


def ask(port, path=CHINA, *, method="GET", body=None, **headers):
    """Return status, headers and body of an answer, as they come over the wire."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()


def assert_problem(answer, status, slug):
    code, headers, body = answer
    assert (code, headers["Content-Type"]) == (status, "application/problem+json")
    told = json.loads(body)
    kind = TYPES[slug]
    expected = (f"/problems/{slug}", kind.title, status, headers["X-Request-ID"], [])
    assert (told["type"], told["title"], told["status"], told["request_id"], told["errors"]) == expected
    assert told.keys() == {"type", "title", "status", "detail", "instance", "request_id", "errors"}
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_the_figure_comes_through(nginx):
    status, headers, body = ask(nginx[0])

    assert (status, json.loads(body)["data"][0]["yoy_pct"]) == (200, 29.2195)
    assert headers["Server"] == "nginx"  # and no version


def test_what_the_service_says_of_caching_passes_untouched(nginx, served):
    direct = ask(int(served.rpartition(":")[2]), Accept_Encoding="gzip")
    through = ask(nginx[0], Accept_Encoding="gzip")
    ours = {"X-Request-ID", "Date", "Server", "Connection"}

    assert {k: v for k, v in through[1].items() if k not in ours} == {
        k: v for k, v in direct[1].items() if k not in ours
    }
    assert through[2] == direct[2]


def test_an_answer_that_the_client_holds_is_304_through_nginx_too(nginx):
    etag = ask(nginx[0])[1]["ETag"]

    status, headers, body = ask(nginx[0], If_None_Match=etag)

    assert (status, headers["ETag"], body) == (304, etag, b"")


def test_the_clients_number_is_passed_on_and_one_that_is_none_is_replaced(nginx):
    given = ask(nginx[0], X_Request_ID="order-66")[1]["X-Request-ID"]
    made = ask(nginx[0], X_Request_ID='"; drop')[1]["X-Request-ID"]

    assert given == "order-66"
    assert len(made) == 32
    assert within(10, lambda: {"order-66", made} <= numbers_logged(nginx[1]))


def numbers_logged(folder):
    """Return the numbers in nginx's log, which it writes after it has answered."""
    return {json.loads(line)["request_id"] for line in (folder / "log").read_text().splitlines()}


def test_the_log_holds_no_query_and_no_key(nginx):
    number = ask(nginx[0], "/v1/flows?reporter=JPN&key=in-the-query", Authorization="Bearer in-the-header")[1][
        "X-Request-ID"
    ]

    assert within(10, lambda: number in numbers_logged(nginx[1]))
    assert "in-the-" not in (nginx[1] / "log").read_text()


def test_a_body_above_the_limit_is_refused_before_the_service_sees_it(nginx):
    assert_problem(ask(nginx[0], method="POST", body=b"x" * 17_000), 413, "content-too-large")


@pytest.mark.parametrize("size", [9_000, 1_000_000])
def test_an_address_above_the_limit_is_refused(nginx, size):
    assert_problem(
        raw(nginx[0], f"GET /v1/flows?partner={'x' * size} HTTP/1.1\r\nHost: x\r\n\r\n"), 414, "uri-too-long"
    )


@pytest.mark.parametrize("headers", ["A: " + "x" * 9_000, "\r\n".join(f"A{n}: {'x' * 4_000}" for n in range(10))])
def test_headers_above_the_limit_are_refused(nginx, headers):
    answer = raw(nginx[0], f"GET {CHINA} HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n")

    assert_problem(answer, 400, "bad-request")


def test_what_is_no_http_is_refused(nginx):
    assert_problem(raw(nginx[0], "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400, "bad-request")


def raw(port, request):
    """Send bytes as they are; return the answer to them."""
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        connection.sendall(request.encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, dict(answer.headers), answer.read()


@pytest.mark.parametrize(
    "path", ["/metrics", "/ready", "/ready/", "//ready", "/%72eady", "/v1/../metrics", "/metrics?x=1"]
)
def test_what_is_for_those_who_run_the_service_is_not_reached_from_outside(nginx, path):
    assert_problem(ask(nginx[0], path), 404, "not-found")


def test_an_address_cannot_break_out_of_the_problem(nginx):
    told = json.loads(ask(nginx[0], '/ready/","status":200')[2])

    assert (told["instance"], told["status"]) == ("/ready/", 404)


def test_while_400_requests_are_half_sent_others_are_answered_and_then_those_are_ended(nginx, record_property):
    _, before = asked_in_turn(nginx[0])
    with ExitStack() as half_sent:
        slow = [half_sent.enter_context(socket.create_connection(("127.0.0.1", nginx[0]), 20)) for _ in range(400)]
        for connection in slow:
            connection.sendall(b"GET /v1/flows HTTP/1.1\r\nHost: x\r\nX-Slow: ")

        statuses, meanwhile = asked_in_turn(nginx[0])
        record_property("injected", len(slow))
        record_property("requests", ASKED)
        record_property("lost", ASKED - statuses.count(200))
        record_property("p99_ms", p99_ms(meanwhile))
        record_property("p99_unloaded_ms", p99_ms(before))
        assert statuses == [200] * ASKED
        assert [ended(connection) for connection in slow] == [True] * 400


def asked_in_turn(port):
    """Return the statuses of so many answers, and the seconds that each took."""
    statuses, took = [], []
    for _ in range(ASKED):
        began = time.monotonic()
        statuses.append(ask(port)[0])
        took.append(time.monotonic() - began)
    return statuses, took


def ended(connection):
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


def test_strict_transport_security_is_told_under_tls_only(nginx, served, configuration, tmp_path):
    port = free_port()
    made = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost")
    files = ("-keyout", tmp_path / "key", "-out", tmp_path / "certificate", "-addext", "subjectAltName=IP:127.0.0.1")
    subprocess.run(["openssl", "req", "-x509", *made, *files], check=True, capture_output=True)
    changes = {
        "8080": f"127.0.0.1:{port}",
        "/run/secrets/tls_certificate": f"{tmp_path}/certificate",
        "/run/secrets/tls_key": f"{tmp_path}/key",
    }
    listen = put_in_place((configuration / "listen-tls.conf").read_text(), changes)
    with running_nginx(
        tmp_path / "nginx", configuration, service=served.removeprefix("http://"), port=port, listen=listen
    ):
        trusted = ssl.create_default_context(cafile=tmp_path / "certificate")
        with closing(http.client.HTTPSConnection("127.0.0.1", port, context=trusted, timeout=20)) as connection:
            connection.request("GET", CHINA)
            answer = connection.getresponse()
            body = json.load(answer)

    assert body["data"][0]["yoy_pct"] == 29.2195
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Strict-Transport-Security" not in ask(nginx[0])[1]


@pytest.mark.parametrize("path", [CHINA, '/v1/flows?partner="'])
def test_a_service_that_is_away_is_told_as_a_problem_with_the_time_to_try_again(configuration, tmp_path, path):
    port = free_port()
    listen = f"listen 127.0.0.1:{port};"
    with running_nginx(tmp_path, configuration, service=f"127.0.0.1:{free_port()}", port=port, listen=listen):
        answer = ask(port, path)

    assert_problem(answer, 503, "unavailable")
    assert answer[1]["Retry-After"] == "2"


def test_a_service_that_does_not_answer_in_time_is_told_as_a_problem(configuration, tmp_path):
    port = free_port()
    changes = {"proxy_read_timeout 30s": "proxy_read_timeout 1s"}
    with socket.create_server(("127.0.0.1", 0)) as mute:
        service = f"127.0.0.1:{mute.getsockname()[1]}"
        listen = f"listen 127.0.0.1:{port};"
        with running_nginx(tmp_path, configuration, service=service, port=port, listen=listen, changes=changes):
            assert_problem(ask(port), 504, "took-too-long")

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

from service.api.problems.handlers import PROBLEM_TYPES
from service.db.embedded.process import wait_until
from tests.deploy.conftest import free_port, replace_settings, requires_nginx, run_nginx
from tests.support.statistics import p99_ms

pytestmark = [requires_nginx, pytest.mark.process, pytest.mark.network_tools]
REQUEST_COUNT = int(os.environ.get("ASKED", "20"))
"""How many requests others make while slow clients are there."""
REQUEST_PATH = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"


@pytest.fixture(scope="module")
def deploy_folder(pytestconfig):
    return pytestconfig.rootpath / "deploy"


@pytest.fixture(scope="module")
def nginx(demo_server_url, deploy_folder, tmp_path_factory):
    """Yield the port and the folder of an nginx in front of the service."""
    port = free_port()
    listen = replace_settings((deploy_folder / "listen.conf").read_text(), {"8080": f"127.0.0.1:{port}"})
    folder = tmp_path_factory.mktemp("nginx")
    changes = {"client_header_timeout 10s": "client_header_timeout 2s"}
    address = demo_server_url.removeprefix("http://")
    with run_nginx(
        folder, deploy_folder, service_address=address, port=port, listen_configuration=listen, replacements=changes
    ):
        yield port, folder


def send_request(port, path=REQUEST_PATH, *, method="GET", body=None, **headers):
    """Return status, headers and body of an answer, as they come over the wire."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()


def assert_problem(response, status, slug):
    code, headers, body = response
    assert (code, headers["Content-Type"]) == (status, "application/problem+json")
    told = json.loads(body)
    kind = PROBLEM_TYPES[slug]
    expected = (f"/problems/{slug}", kind.title, status, headers["X-Request-ID"], [])
    assert (told["type"], told["title"], told["status"], told["request_id"], told["errors"]) == expected
    assert told.keys() == {"type", "title", "status", "detail", "instance", "request_id", "errors"}
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_nginx_forwards_the_response(nginx):
    status, headers, body = send_request(nginx[0])

    assert (status, json.loads(body)["data"][0]["yoy_pct"]) == (200, 29.2195)
    assert headers["Server"] == "nginx"  # and no version


def test_caching_headers_pass_unchanged(nginx, demo_server_url):
    direct = send_request(int(demo_server_url.rpartition(":")[2]), Accept_Encoding="gzip")
    through = send_request(nginx[0], Accept_Encoding="gzip")
    ours = {"X-Request-ID", "Date", "Server", "Connection"}

    assert {k: v for k, v in through[1].items() if k not in ours} == {
        k: v for k, v in direct[1].items() if k not in ours
    }
    assert through[2] == direct[2]


def test_a_matching_etag_is_304_through_nginx(nginx):
    etag = send_request(nginx[0])[1]["ETag"]

    status, headers, body = send_request(nginx[0], If_None_Match=etag)

    assert (status, headers["ETag"], body) == (304, etag, b"")


def test_a_valid_request_id_is_forwarded_and_an_invalid_one_replaced(nginx):
    given = send_request(nginx[0], X_Request_ID="order-66")[1]["X-Request-ID"]
    made = send_request(nginx[0], X_Request_ID='"; drop')[1]["X-Request-ID"]

    assert given == "order-66"
    assert len(made) == 32
    assert wait_until(10, lambda: {"order-66", made} <= logged_request_ids(nginx[1]))


def logged_request_ids(folder):
    """Return the numbers in nginx's log, which it writes after it has answered."""
    return {json.loads(line)["request_id"] for line in (folder / "log").read_text().splitlines()}


def test_the_log_holds_no_query_and_no_key(nginx):
    number = send_request(nginx[0], "/v1/flows?reporter=JPN&key=in-the-query", Authorization="Bearer in-the-header")[1][
        "X-Request-ID"
    ]

    assert wait_until(10, lambda: number in logged_request_ids(nginx[1]))
    assert "in-the-" not in (nginx[1] / "log").read_text()


def test_a_text_of_the_largest_size_reaches_the_service(nginx):
    text = json.dumps({"text": "A sentence without numbers. " * 700, "published": "2024-02-28"}).encode()

    status, _, body = send_request(nginx[0], "/v1/checks", method="POST", body=text, Content_Type="application/json")

    assert (len(text) > 16 * 1024, status) == (True, 200), body[:500]


def test_a_body_above_the_limit_is_rejected_by_nginx(nginx):
    assert_problem(send_request(nginx[0], method="POST", body=b"x" * 129 * 1024), 413, "content-too-large")


@pytest.mark.parametrize("size", [9_000, 1_000_000])
def test_a_url_above_the_limit_is_rejected(nginx, size):
    assert_problem(
        send_raw_request(nginx[0], f"GET /v1/flows?partner={'x' * size} HTTP/1.1\r\nHost: x\r\n\r\n"),
        414,
        "uri-too-long",
    )


@pytest.mark.parametrize("headers", ["A: " + "x" * 9_000, "\r\n".join(f"A{n}: {'x' * 4_000}" for n in range(10))])
def test_headers_above_the_limit_are_rejected(nginx, headers):
    answer = send_raw_request(nginx[0], f"GET {REQUEST_PATH} HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n")

    assert_problem(answer, 400, "bad-request")


def test_malformed_http_is_rejected(nginx):
    assert_problem(send_raw_request(nginx[0], "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400, "bad-request")


def send_raw_request(port, request):
    """Send bytes as they are; return the answer to them."""
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        connection.sendall(request.encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, dict(answer.headers), answer.read()


@pytest.mark.parametrize(
    "path", ["/metrics", "/ready", "/ready/", "//ready", "/%72eady", "/v1/../metrics", "/metrics?x=1"]
)
def test_operator_endpoints_are_not_exposed(nginx, path):
    assert_problem(send_request(nginx[0], path), 404, "not-found")


def test_a_path_cannot_inject_into_the_problem_details(nginx):
    told = json.loads(send_request(nginx[0], '/ready/","status":200')[2])

    assert (told["instance"], told["status"]) == ("/ready/", 404)


def test_slow_clients_do_not_block_others_and_are_disconnected(nginx, record_property):
    _, before = send_sequential_requests(nginx[0])
    with ExitStack() as half_sent:
        slow = [half_sent.enter_context(socket.create_connection(("127.0.0.1", nginx[0]), 20)) for _ in range(400)]
        for connection in slow:
            connection.sendall(b"GET /v1/flows HTTP/1.1\r\nHost: x\r\nX-Slow: ")

        statuses, meanwhile = send_sequential_requests(nginx[0])
        record_property("injected", len(slow))
        record_property("requests", REQUEST_COUNT)
        record_property("lost", REQUEST_COUNT - statuses.count(200))
        record_property("p99_ms", p99_ms(meanwhile))
        record_property("p99_unloaded_ms", p99_ms(before))
        assert statuses == [200] * REQUEST_COUNT
        assert [is_closed(connection) for connection in slow] == [True] * 400


def send_sequential_requests(port):
    """Return the statuses of so many answers, and the seconds that each took."""
    statuses, took = [], []
    for _ in range(REQUEST_COUNT):
        began = time.monotonic()
        statuses.append(send_request(port)[0])
        took.append(time.monotonic() - began)
    return statuses, took


def is_closed(connection):
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


def test_tls_has_http_2_and_strict_transport_security(nginx, demo_server_url, deploy_folder, tmp_path):
    port = free_port()
    made = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost")
    files = ("-keyout", tmp_path / "key", "-out", tmp_path / "certificate", "-addext", "subjectAltName=IP:127.0.0.1")
    subprocess.run(["openssl", "req", "-x509", *made, *files], check=True, capture_output=True)
    changes = {
        "8080": f"127.0.0.1:{port}",
        "/run/secrets/tls_certificate": f"{tmp_path}/certificate",
        "/run/secrets/tls_key": f"{tmp_path}/key",
    }
    listen = replace_settings((deploy_folder / "listen-tls.conf").read_text(), changes)
    address = demo_server_url.removeprefix("http://")
    with run_nginx(tmp_path / "nginx", deploy_folder, service_address=address, port=port, listen_configuration=listen):
        trusted = ssl.create_default_context(cafile=tmp_path / "certificate")
        with closing(http.client.HTTPSConnection("127.0.0.1", port, context=trusted, timeout=20)) as connection:
            connection.request("GET", REQUEST_PATH)
            answer = connection.getresponse()
            body = json.load(answer)
        command = ["curl", "-sS", "--http2", "-o", "/dev/null", "-w", "%{http_version} %{http_code}"]
        command += ["--cacert", tmp_path / "certificate", f"https://127.0.0.1:{port}{REQUEST_PATH}"]
        http_2 = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert http_2 == "2 200"
    assert body["data"][0]["yoy_pct"] == 29.2195
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Strict-Transport-Security" not in send_request(nginx[0])[1]


@pytest.mark.parametrize("path", [REQUEST_PATH, '/v1/flows?partner="'])
def test_an_unavailable_service_is_503_with_retry_after(deploy_folder, tmp_path, path):
    port = free_port()
    listen = f"listen 127.0.0.1:{port};"
    with run_nginx(
        tmp_path, deploy_folder, service_address=f"127.0.0.1:{free_port()}", port=port, listen_configuration=listen
    ):
        answer = send_request(port, path)

    assert_problem(answer, 503, "unavailable")
    assert answer[1]["Retry-After"] == "2"


def test_a_service_timeout_is_504_with_problem_details(deploy_folder, tmp_path):
    port = free_port()
    changes = {"proxy_read_timeout 30s": "proxy_read_timeout 1s"}
    with socket.create_server(("127.0.0.1", 0)) as mute:
        service = f"127.0.0.1:{mute.getsockname()[1]}"
        listen = f"listen 127.0.0.1:{port};"
        with run_nginx(
            tmp_path,
            deploy_folder,
            service_address=service,
            port=port,
            listen_configuration=listen,
            replacements=changes,
        ):
            assert_problem(send_request(port), 504, "timeout")

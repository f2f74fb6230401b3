"""Malformed requests to a real server are refused with a reason, and never cause an internal error."""

import http.client
import json
import os
import socket
from contextlib import suppress
from itertools import count
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import NullPool, create_engine, text

from service.app import create_app

pytestmark = pytest.mark.process

REQUEST_PATH = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
REQUIRED_PARAMETERS = {"reporter": "JPN", "partner": "CHN", "period": "2024-01", "flow": "X"}
SAMPLING_STEP = int(os.environ.get("HOSTILE_STEP", "8"))
"""Every so-many-th value is tried in a place; with 1 all are, in all places."""
MALFORMED_VALUES = (
    "%00",
    "a%00b",
    "%ff%fe",
    "%c0%80",
    "%ed%a0%80",
    "%",
    "%zz",
    "%u0000",
    str(10**20),
    f"-{10**20}",
    "9" * 4400,  # more digits than Python turns into a number
    "1e9999",
    "-1e9999",
    "NaN",
    "Infinity",
    "0x7fffffff",
    "1_000",
    "%D9%A1%D9%A2",  # digits, of another script
    "9999-99",
    "0000-00",
    "2024-01..2023-01",
    "%27%20OR%201=1--",
    "%3B%20DROP%20TABLE%20observation",
    "%24%7Bjndi:ldap://a%7D",
    "%3Cscript%3E",
    "..%2F..%2Fetc%2Fpasswd",
    "%0d%0aSet-Cookie:%20a=b",
    "%F0%9F%92%A5",
    "A," * 1500,
    "(" * 3000,
    "",
)


@pytest.fixture(scope="module")
def send_request(demo_server_url):
    """Yield a function that asks the server, over one connection, and returns the status and the body of its answer."""
    connection = http.client.HTTPConnection(urlsplit(demo_server_url).netloc, timeout=30)

    def answered(address, method="GET", **headers):
        connection.request(method, address, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()

    def answered_anew(*asked, **headers):
        try:
            return answered(*asked, **headers)
        except ConnectionError:
            # The server gives up a connection that rested; one that it broke off now, it would break off again.
            connection.close()
            return answered(*asked, **headers)

    yield answered_anew
    connection.close()


def send_raw_bytes(server_url, raw_request):
    """Return the status and the problem with which the server answers these bytes."""
    parts = urlsplit(server_url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(raw_request)
        with suppress(OSError):  # the server closed the connection already, after its response
            connection.shutdown(socket.SHUT_WR)
        head, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.JSONDecoder().raw_decode(body.decode())[0] if body.startswith(b"{") else {}


def is_server_fault(status, content_type):
    """Return whether an answer is neither one to the question nor a refusal in words."""
    return status >= 500 or (status >= 400 and content_type != "application/problem+json")


def rotating_sampler():
    """Return a function that returns every so-many-th value, each time beginning with the next one."""
    turns = count()
    return lambda: MALFORMED_VALUES[next(turns) % SAMPLING_STEP :: SAMPLING_STEP]


def list_parameters(description, location):
    for path, item in description["paths"].items():
        for parameter in item.get("parameters", []) + item.get("get", {}).get("parameters", []):
            if parameter["in"] == location:
                yield path, parameter["name"]


def fill_path(path, description, **values):
    """Return a path with an example in the place of each parameter."""
    item = description["paths"][path]
    for parameter in item.get("parameters", []) + item.get("get", {}).get("parameters", []):
        if parameter["in"] == "path":
            name, example = parameter["name"], str(parameter.get("example", "x"))
            path = path.replace(f"{{{name}}}", values.get(name) or quote(example))
    return path


@pytest.fixture(scope="module")
def description(demo):
    return demo.get("/openapi.json").json


def test_no_query_parameter_value_causes_a_server_error(send_request, description):
    places, faults = list(list_parameters(description, "query")), []
    some = rotating_sampler()
    for path, name in places:
        known = {parameter for other, parameter in places if other == path}
        others = "".join(f"&{k}={v}" for k, v in REQUIRED_PARAMETERS.items() if k in known and k != name)
        for value in some():
            address = f"{fill_path(path, description)}?{name}={value}{others}"
            if is_server_fault(*(answer := send_request(address)[:2])):
                faults.append((address[:200], answer))

    assert len(places) > 200
    assert faults == []


def test_no_path_parameter_value_causes_a_server_error(send_request, description):
    places = list(list_parameters(description, "path"))
    some = rotating_sampler()
    addresses = [fill_path(path, description, **{name: value}) for path, name in places for value in some()]

    assert len(places) > 10
    assert [address for address in addresses if is_server_fault(*send_request(address)[:2])] == []


@pytest.mark.parametrize("value", ["%00", "CHN%00", "%00,CHN"])
@pytest.mark.parametrize(
    "name", ["reporter", "partner", "flow", "commodity", "period", "as_of", "sort", "limit", "fields"]
)
def test_nul_is_422(send_request, name, value):
    others = "&".join(f"{k}={v}" for k, v in REQUIRED_PARAMETERS.items() if k != name)

    assert send_request(f"/v1/flows?{name}={value}&{others}")[0] == 422


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (f"limit={10**20}", 422),
        ("limit=1e9999", 422),
        ("limit=" + "9" * 4400, 422),
        ("limit=-1", 422),
        ("partner=" + ",".join(["CHN"] * 999), 200),
        ("partner=" + ",".join(f"C{n:05}" for n in range(10_000)), 414),
        ("search=" + "x" * 1_000_000, 414),
        ("&" * 8000, 200),
        ("&".join(f"a{n}=1" for n in range(1100)), 422),
        ("cursor=" + "A" * 3000, 422),
        ("period=" + ",".join(["2024-01"] * 400), 200),
    ],
)
def test_oversized_requests_are_rejected_with_a_specific_status(demo_server_url, query, status):
    sent = f"GET {REQUEST_PATH}&{query} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()

    assert send_raw_bytes(demo_server_url, sent)[0] == status


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (b"GET /live HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n", {431}),
        (b"GET /live HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 10_000 + b"\r\n", {431}),
        (b"GET /live HTTP/1.1\r\nHost: a\r\nAccept: " + b"a/b," * 1900 + b"\r\nConnection: close\r\n\r\n", {200}),
        (b"GET /v1/flows?partner=\xff\xfe HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {400, 422}),
        (b"GET /\xc3\x28 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {400, 404}),
        (b"GET /v1/flows?a\x00b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {400, 422}),
        (b"GET /live HTTP/1.1\r\nHost: a\r\nIf-None-Match: \xff\xfe\r\nConnection: close\r\n\r\n", {200, 400}),
        (b"TRACE /live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {405}),
        (b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {400, 404, 405}),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400}),
        (b"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {200, 204, 400, 404}),
        (
            b"POST /v1/flows HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nConnection: close\r\n\r\nx",
            {400, 405, 413},
        ),
        (b"GET /live HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", {400}),
        (b"GET /live HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
        (b"GET /live HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", {400}),
        (b"GET /live HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", {200, 400}),
        (b"GET http://other/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {200, 400}),
        (
            b"GET /v1/flows HTTP/1.1\r\nHost: a\r\nRange: bytes=0-" + b"9" * 400 + b"\r\nConnection: close\r\n\r\n",
            {422},
        ),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", {400}),
    ],
)
def test_malformed_http_causes_no_server_error(demo_server_url, sent, statuses):
    status, problem = send_raw_bytes(demo_server_url, sent)

    assert status in statuses
    assert status < 400 or problem["status"] == status


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "X" * 20])
@pytest.mark.parametrize("override", [{}, {"X-HTTP-Method-Override": "GET"}])
def test_only_read_methods_are_allowed(send_request, method, override):
    assert send_request(REQUEST_PATH, method=method, **override)[0] in {400, 405}


def test_request_size_is_checked_before_figures_are_read(engine, figures):
    figures({("X", "WLD", "A1", "2023"): 100})
    reader = create_engine(engine.url, poolclass=NullPool, connect_args={"options": "-c statement_timeout=500"})
    client = create_app(reader, response_cache_mb=0).test_client()
    # What a dataset has at all is looked up once for each version of the data.
    assert client.get("/v1/series?reporter=JPN&flow=X&frequency=A").status_code == 200
    with engine.begin() as blocker:
        blocker.execute(text("LOCK TABLE observation IN ACCESS EXCLUSIVE MODE"))
        small = client.get("/v1/series?reporter=JPN&flow=X&frequency=A")
        large = client.get("/v1/series?reporter=JPN&partner=all&commodity=all&frequency=A")

    assert (small.status_code, small.json["type"]) == (504, "/problems/timeout")
    assert (large.status_code, large.json["type"]) == (422, "/problems/request-too-large")

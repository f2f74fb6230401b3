"""Generated hostile requests: cursors, headers, encodings and raw bytes. TRADEFLOWS_TEST_REQUESTS sets their number."""

import json
import os

import pytest

from tools.hostile_requests import DOCUMENT, Generator, fault, read_cursors, send

pytestmark = pytest.mark.process

REQUEST_COUNT = int(os.environ.get("TRADEFLOWS_TEST_REQUESTS", "150"))


def test_no_generated_request_is_a_fault_of_the_service(demo_server_url):
    cursors = read_cursors(demo_server_url)
    generator = Generator(json.loads(DOCUMENT.read_text()), seed=REQUEST_COUNT, cursors=cursors)
    requests = [generator.request().encode() for _ in range(REQUEST_COUNT)]

    faults = [(found, raw[:500]) for raw in requests if (found := fault(send(demo_server_url, raw)))]

    assert faults == []
    assert all(cursors)
    assert len(set(requests)) > REQUEST_COUNT / 2


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000, None),
        (b"HTTP/1.1 422 Unprocessable Entity\r\n\r\n{}", None),
        (b"", None),
        (b"HTTP/1.1 500 Internal Server Error\r\n\r\n{}", "500"),
        (b"HTTP/1.1 404 Not Found\r\n\r\n" + b"x" * 20_000, "404 with 20000 bytes"),
        (b"nonsense", "no status"),
    ],
)
def test_server_errors_and_long_error_bodies_are_faults(answer, found):
    assert fault(answer) == found
